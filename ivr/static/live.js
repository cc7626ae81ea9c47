// Parts of a page that ask for news by themselves: says when no answer comes, and for how long. What is shown stays.

const stale = document.getElementById("stale");
let answered = performance.now();

function tell(failed, why) {
  const seconds = Math.round((performance.now() - answered) / 1000);
  stale.hidden = !failed;
  const text = failed ? `${why}This is ${seconds} s old.` : "";
  if (stale.textContent !== text) stale.textContent = text;
}

// Who is signed out is told so by `requests.js`: that does not pass by itself.
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) answered = performance.now();
  tell(!detail.successful, detail.xhr.status === 401 ? "" : "Nightline does not answer. ");
});

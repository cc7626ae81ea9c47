// Parts of a page that ask for news by themselves: says when no answer comes, and for how long. What is shown stays.

const stale = document.getElementById("stale");
let answered = performance.now();

function tell(failed) {
  const seconds = Math.round((performance.now() - answered) / 1000);
  stale.hidden = !failed;
  const text = failed ? `Nightline does not answer. This is ${seconds} s old.` : "";
  if (stale.textContent !== text) stale.textContent = text;
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) answered = performance.now();
  tell(!event.detail.successful);
});

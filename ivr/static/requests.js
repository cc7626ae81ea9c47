// Requests of htmx: a form that was refused is shown like any answer; of any other that failed one line says what to do.

const REFUSED = [409, 422];
const STAYS = "What you typed is still here: try again in a moment.";

const line = document.createElement("div");
const close = document.createElement("button");
let said = "";
let isOfPoll = false;

line.className = "alarm failed";
line.setAttribute("role", "alert");
close.type = "button";
close.className = "quiet";
close.textContent = "Close";
close.addEventListener("click", () => line.remove());

const isPoll = (element) => element.matches("[hx-trigger^=every]");

// What a page of ours says is wrong; null where the answer is somebody else's, such as a proxy's.
function problemIn(xhr) {
  return new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById("problem");
}

function wordsOf(xhr) {
  const problem = problemIn(xhr);
  if (!problem) return [xhr.status ? `Nightline answered with an error (${xhr.status}). ` : "Nightline does not answer. ", STAYS];
  const title = document.createElement("strong");
  title.textContent = `${problem.querySelector("h1").textContent}.`;
  const way = problem.querySelector("[data-sign-in]");
  return [title, ` ${problem.querySelector("p").textContent} `, way ?? ""];
}

// In an open dialog where there is one: whatever is behind it is neither seen nor read aloud.
function tell(element, xhr) {
  const text = document.createElement("p");
  text.append(...wordsOf(xhr));
  isOfPoll = isPoll(element);
  if (isOfPoll && said === text.textContent) return; // a poll says it once, also to whoever closed it
  said = text.textContent;
  line.replaceChildren(text, close);
  (document.querySelector("dialog[open] > article") ?? document.getElementById("content")).prepend(line);
}

function untell() {
  said = "";
  line.remove();
}

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!REFUSED.includes(detail.xhr.status) || problemIn(detail.xhr)) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(failure, ({ detail }) => {
    const element = detail.requestConfig.elt; // `detail.elt` may be what stood around it
    const isLive = element.id === "live"; // says itself how old it is, and asks again
    if (!isLive || detail.xhr.status === 401) tell(element, detail.xhr);
  });
}

document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && isPoll(detail.requestConfig.elt) === isOfPoll) untell();
});

// The way back in the history to what cannot be had now: the browser asks itself, and is led where it has to go.
document.body.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());

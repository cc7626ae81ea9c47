// Set-up pages: Alt with an arrow key moves the row that has the focus, by pressing its own button; and phones that wait
// for their code are shown anew, but not while somebody types it.

document.addEventListener("keydown", (event) => {
  const verb = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const opensList = event.target.matches("select"); // with the same keys
  const row = verb && event.altKey && !opensList && event.target.closest("[data-moves]");
  if (!row) return;
  event.preventDefault();
  const buttons = [...row.querySelectorAll(`button[value^="${verb} "]`)];
  const own = buttons.find((button) => button.closest("[data-moves]") === row && !button.closest(".target"));
  if (own && !own.disabled) own.click();
});

// With the old part of the page would go a code that is being typed, the focus, and the word that a code was wrong.
function isInUse(phones) {
  const isTyped = [...phones.querySelectorAll("input[name=code]")].some((field) => field.value !== "");
  return isTyped || phones.contains(document.activeElement) || phones.querySelector("[role=alert]") !== null;
}

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "phones" && isInUse(detail.target)) detail.shouldSwap = false;
});

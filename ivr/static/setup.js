// Set-up pages: Alt with an arrow key moves the row that has the focus, by pressing its own button.

document.addEventListener("keydown", (event) => {
  const verb = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const row = verb && event.altKey && event.target.closest("[data-moves]");
  if (!row) return;
  event.preventDefault();
  const buttons = [...row.querySelectorAll(`button[value^="${verb} "]`)];
  const own = buttons.find((button) => button.closest("[data-moves]") === row && !button.closest(".target"));
  if (own && !own.disabled) own.click();
});

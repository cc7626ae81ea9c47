// The console's own script: the menu button of small screens, and where the focus goes when a form was refused.

const button = document.querySelector(".menu-button");
const menu = document.getElementById("menu");

button?.addEventListener("click", () => {
  const open = menu.classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(open));
});

const refusal = document.querySelector(".faults, #conflict");

if (refusal) {
  refusal.tabIndex = -1;
  refusal.focus();
}

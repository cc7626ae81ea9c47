// The console's own script: the menu button of small screens, and where the focus goes when a form has faults.

const button = document.querySelector(".menu-button");
const menu = document.getElementById("menu");

button?.addEventListener("click", () => {
  const open = menu.classList.toggle("is-open");
  button.setAttribute("aria-expanded", String(open));
});

document.querySelector(".faults")?.focus();

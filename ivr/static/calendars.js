// Copies the address of a calendar, says so, and brings a fresh one into view.

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    let said = "Copied.";
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      said = "It is selected: copy it with your keyboard.";
    }
    button.parentElement.querySelector("[data-copied]").textContent = said;
  });
}

document.getElementById("fresh")?.focus();

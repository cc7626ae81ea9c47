// The page of a prompt: its words, spoken by the browser.

const voice = window.speechSynthesis;
const button = document.getElementById("speak");

if (voice && button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const words = document.getElementById("heard");
    const said = new SpeechSynthesisUtterance(words.textContent);
    said.lang = words.lang === "en" ? "en-GB" : words.lang;
    voice.cancel();
    voice.speak(said);
  });
}

// Speaks what handsets hear, with the browser's own voices; silent until somebody unmutes it, which is remembered.

const KEPT = "nightline-rehearsal-sound";
const SOUNDS = /^\[.*\]$/; // a tone or music
const voice = window.speechSynthesis;
let muted = true;
let rate = 1;

/** Speak a sentence; each handset has a pitch of its own. */
export function speak(text, handset) {
  if (muted || !voice || SOUNDS.test(text)) return;
  const said = new SpeechSynthesisUtterance(text);
  said.lang = "en-GB";
  said.rate = rate;
  said.pitch = 1 - 0.15 * (handset % 4);
  voice.speak(said);
}

/** Stop at once: a key interrupts a prompt. */
export function hush() {
  voice?.cancel();
}

/** Follow a switch that mutes; speech keeps up with the pace of the rehearsal. */
export function listenTo(mute, pace) {
  rate = Math.min(pace, 2);
  muted = localStorage.getItem(KEPT) !== "on";
  mute.checked = muted;
  mute.disabled = !voice;
  mute.addEventListener("change", () => {
    muted = mute.checked;
    localStorage.setItem(KEPT, muted ? "off" : "on");
    if (muted) hush();
  });
}

// Passkeys: a form asks the server for options, the browser for an answer, and then sends the answer like any field.

const BINARY = ["challenge", "id"];
const CANCELLED = "Nothing was done. Try again, or use another way.";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// What the server writes in base64, as the bytes that the browser wants.
function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  const whole = Object.entries(value).map(([name, inner]) => [name, BINARY.includes(name) ? bytes(inner) : unpacked(inner)]);
  return Object.fromEntries(whole);
}

// The name of the relying party is an id too, but no bytes.
function optionsOf(written) {
  const options = unpacked({ ...written, rp: undefined });
  return { ...options, rp: written.rp };
}

// The browser's answer, as the server reads it.
function packed(credential) {
  const { id, rawId, type, response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const present = parts.filter((name) => response[name]);
  return { id, rawId: text(rawId), type, response: Object.fromEntries(present.map((name) => [name, text(response[name])])) };
}

async function answerOf(form) {
  const asked = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), redirect: "error" });
  if (asked.status === 422) throw new Error(await asked.text());
  if (!asked.ok) throw new Error("This page is too old. Load it again.");
  const publicKey = optionsOf(await asked.json());
  const wanted = form.dataset.passkey === "make" ? "create" : "get";
  return packed(await navigator.credentials[wanted]({ publicKey }));
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const said = form.querySelector("[role=alert]");
  said.textContent = "";
  try {
    form.elements.credential.value = JSON.stringify(await answerOf(form));
    form.submit();
  } catch (error) {
    said.textContent = error instanceof DOMException ? CANCELLED : error.message;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !("PublicKeyCredential" in window);
  form.addEventListener("submit", send);
}

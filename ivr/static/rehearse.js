// The browser phone: shows what each handset of a rehearsal hears, and does what its owner does.

import { hush, speak, listenTo } from "./speech.js";

const place = document.getElementById("rehearsal");
const callerSet = document.getElementById("caller");
const handsets = [...document.querySelectorAll(".handset")];
const byNumber = new Map(handsets.flatMap((set) => (set.dataset.numbers || "").split(" ").map((n) => [n, set])));
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: place.dataset.zone, weekday: "short", day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
});

const EVERY = 500;
const ENDINGS = { completed: "Hung up", busy: "Busy", "no-answer": "No answer", canceled: "Stopped ringing", failed: "Could not be reached" };
const LIVE_KEYS = /^[0-9*#]$/;
const LOST = "The rehearsal did not answer, so this was not done. Try it again.";
const WRONG_NUMBER = "This is no telephone number. Write it with its country code.";

const legs = new Map(); // the live leg of each handset
let after = 0;
let ticketsAsked = 0;

const ownerOf = (number) => byNumber.get(number) || callerSet;
const nameOf = (number) => ownerOf(number).dataset.name;

// What happened

function take(found) {
  found.events.forEach(tell);
  handsets.forEach((set) => show(set, legOf(found.legs, set)));
  pointToRinging();
  document.getElementById("clock").textContent = clock.format(new Date(found.clock));
  if (found.events.length > 0) askForTickets();
}

function legOf(all, set) {
  const mine = all.filter((leg) => leg.status !== "queued" && ownerOf(leg.number) === set);
  return mine.find((leg) => leg.status === "in-progress") || mine[0];
}

function tell(event) {
  if (event.what === "surprise") return complain(event.text);
  const set = ownerOf(event.who);
  const said = wordsOf(event);
  if (said) write(set, event.what, said);
  if (event.what === "hears") speak(event.text, handsets.indexOf(set));
  if (event.what === "text") offerReply(set, event.who);
}

function offerReply(set, number) {
  const form = set.querySelector("[data-say=text]");
  if (!form) return;
  form.hidden = false;
  form.dataset.number = number; // the phone that was texted last
}

function wordsOf(event) {
  switch (event.what) {
    case "hears": return event.text;
    case "presses": return `pressed ${event.text}`;
    case "says": return `said: ${event.text}`;
    case "text": return `Text: ${event.text.replace(/https?:\/\/\S+/g, "(a link)")}`;
    case "texts": return `texted: ${event.text}`;
    case "speaks with": return `Speaks with ${nameOf(event.text)}`;
    case "status": return event.text === "ringing" ? "Rings" : ENDINGS[event.text] || "";
    default: return "";
  }
}

function write(set, kind, text) {
  const log = set.querySelector(".transcript");
  const line = document.createElement("p");
  line.className = kind.replace(" ", "-");
  line.textContent = text;
  log.append(line);
  log.scrollTop = log.scrollHeight;
}

function show(set, leg) {
  legs.set(set, leg);
  const rings = leg?.status === "ringing" && leg.direction !== "inbound";
  const talks = leg?.status === "in-progress";
  set.classList.toggle("rings", rings);
  set.classList.toggle("talks", talks);
  setText(set.querySelector(".state"), stateOf(leg, rings, talks));
  offer(set, "[data-do=answer], [data-do=decline]", rings);
  offer(set, "[data-do=hang-up]", Boolean(leg) && !rings);
  offer(set, ".keypad, [data-say=speak]", talks);
  if (set === callerSet) document.getElementById("dial-button").disabled = Boolean(leg);
  if (rings) set.closest("details")?.setAttribute("open", "");
}

function stateOf(leg, rings, talks) {
  if (rings) return "Ringing";
  if (!talks) return leg ? "Dialling" : "Quiet";
  return leg.with.length > 0 ? `Speaks with ${leg.with.map(nameOf).join(" and ")}` : "On the line";
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text; // said aloud once
}

function offer(set, which, on) {
  set.querySelectorAll(which).forEach((part) => {
    if (!on && part.contains(document.activeElement)) set.querySelector(".transcript").focus();
    part.hidden = !on;
  });
}

function pointToRinging() {
  const link = document.getElementById("ringing");
  const set = handsets.find((one) => one.classList.contains("rings"));
  link.hidden = !set;
  setText(link, set ? `${set.dataset.name} is rung` : "");
  if (set) link.href = `#${set.id}`;
}

function complain(text) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = `Not as it should be: ${text}`;
  trouble.hidden = false;
}

function askForTickets() {
  window.clearTimeout(ticketsAsked);
  ticketsAsked = window.setTimeout(() => document.getElementById("tickets").dispatchEvent(new CustomEvent("changed")), 300);
}

// Asking

async function ask(path, form) {
  const options = form ? { method: "POST", body: new URLSearchParams(form), headers: { "X-CSRFToken": token } } : {};
  const answer = await fetch(`${place.dataset.address}/${path}`, options);
  if (answer.status === 410) throw new Error("over");
  if (answer.redirected) window.location.reload(); // signed out meanwhile
  return answer;
}

async function follow() {
  try {
    const answer = await ask(`feed?after=${after}`);
    if (answer.ok) {
      const found = await answer.json();
      after = found.next;
      take(found);
    }
  } catch (error) {
    if (error.message === "over") return end();
  }
  window.setTimeout(follow, EVERY);
}

function end() {
  document.getElementById("over").hidden = false;
  handsets.forEach((set) => show(set, undefined));
  pointToRinging();
  document.getElementById("dial-button").disabled = true;
  hush();
}

// The status of an answer; 0 without one, 410 once it is over.
async function attempt(path, form) {
  try {
    return (await ask(path, form)).status;
  } catch (error) {
    if (error.message !== "over") return 0;
    end();
    return 410;
  }
}

const isLost = (status) => [0, 503].includes(status);

async function tryFor(set, path, form) {
  if (isLost(await attempt(path, form))) write(set, "lost", LOST);
}

// What owners of handsets do

function act(set, action, given = {}) {
  const leg = legs.get(set);
  if (!leg) return;
  hush();
  tryFor(set, `legs/${leg.sid}/${action}`, given);
}

function press(set, key) {
  if (legs.get(set)?.status === "in-progress") act(set, "press", { keys: key });
}

handsets.forEach((set) => {
  set.addEventListener("click", ({ target }) => {
    if (target.dataset.key) press(set, target.dataset.key);
    const action = target.closest("[data-do]")?.dataset.do;
    if (!action) return;
    act(set, action);
    if (action === "answer") set.querySelector(".transcript").focus();
  });
  set.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !LIVE_KEYS.test(event.key)) return;
    event.preventDefault();
    press(set, event.key);
  });
  set.querySelector("[data-behaves]")?.addEventListener("change", ({ target }) => {
    const numbers = set.dataset.numbers.split(" ").map((number) => ["number", number]);
    tryFor(set, "phones", [...numbers, ["behaviour", target.value]]);
  });
  set.querySelector("[data-say]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const said = form.elements.text.value.trim();
    form.reset();
    if (!said) return;
    if (form.dataset.say === "speak") act(set, "speak", { text: said });
    else tryFor(set, "texts", { number: form.dataset.number, body: said });
  });
});

const from = document.getElementById("from");
from.addEventListener("change", () => { document.getElementById("typed-line").hidden = from.value !== "typed"; });

document.getElementById("ringing").addEventListener("click", (event) => {
  event.preventDefault();
  const set = document.getElementById(event.target.getAttribute("href").slice(1));
  set.scrollIntoView({ block: "center" });
  set.querySelector("[data-do=answer]").focus();
});

document.getElementById("dial").addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = from.value === "typed" ? document.getElementById("typed").value : from.value;
  const to = document.getElementById("to");
  callerSet.querySelector(".transcript").replaceChildren();
  write(callerSet, "status", `Dials ${to.selectedOptions[0].textContent}`);
  tellDialled(await attempt("calls", { from: number, to: to.value }));
});

function tellDialled(status) {
  const typed = document.getElementById("typed");
  const isWrong = status === 400;
  const log = callerSet.querySelector(".transcript");
  setText(document.getElementById("not-dialled"), { 200: "", 400: WRONG_NUMBER, 410: "" }[status] ?? LOST);
  typed.setAttribute("aria-invalid", String(isWrong));
  if (isWrong) typed.focus();
  if (status === 200) log.focus();
  else log.replaceChildren(); // nothing was dialled
}

listenTo(document.getElementById("mute"), Number(place.dataset.pace));
follow();

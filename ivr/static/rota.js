// The rota editor: the picture of a rota, dragging overrides in it, and the dialog that shows what an edit changes.
// All times are readings of the reader's clock as text; the browser's own clock and zone are never asked.

const holder = document.getElementById("timeline");
const dialog = document.getElementById("edit-dialog");
const body = document.getElementById("edit");
let putBack = () => {};
let isDropped = false;

// Without an answer there is nothing to open, and `requests.js` says why.
async function openForm(address, undo = () => {}) {
  await window.htmx.ajax("GET", address, { target: body, swap: "innerHTML" }).catch(() => {});
  if (body.childElementCount === 0) return undo();
  putBack = undo;
  if (!dialog.open) dialog.showModal();
}

function addressWith(values) {
  const query = new URLSearchParams({ ...values, ...place() });
  return `${holder.dataset.form}?${query}`;
}

function place() {
  const { view, first } = JSON.parse(holder.dataset.timeline);
  return { view, on: first };
}

if (dialog) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openForm(link.href);
    }
  });
  body.addEventListener("click", (event) => {
    if (event.target.closest("[data-discard]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    putBack();
    putBack = () => {};
    body.replaceChildren();
  });
}

// Readings as numbers: what a clock on the wall shows, counted as if it never jumped.
const number = (reading) => Date.parse(`${reading}:00Z`);
const text = (count) => new Date(count).toISOString().slice(0, 16);
const later = (reading, delta) => text(number(reading) + (delta.days * 86400 + delta.seconds) * 1000);

function events(bars) {
  return bars.map((bar, index) => ({
    id: bar.id ?? `bar ${index}`,
    resourceIds: bar.rows,
    start: bar.start.replace("T", " "),
    end: bar.end.replace("T", " "),
    title: bar.title,
    display: bar.ground ? "background" : "auto",
    editable: Boolean(bar.moves),
    startEditable: Boolean(bar.moves),
    durationEditable: Boolean(bar.moves),
    classNames: [...bar.classes, bar.moves ? "moves" : "stays"],
    extendedProps: { tip: bar.tip ?? "", exact: bar.exact },
  }));
}

function slots(view, days) {
  const room = holder.clientWidth - (window.innerWidth < 700 ? 92 : 132);
  const [duration, aDay, least] = { week: ["06:00", 4, 22], month: ["24:00", 1, 26], quarter: ["24:00", 1, 9] }[view];
  return { slotDuration: duration, slotWidth: Math.max(least, Math.floor((room / (days * aDay)) * 100) / 100) };
}

function heading(view, first) {
  const part = (date, options) => date.toLocaleDateString("en-GB", options);
  return (date) => {
    if (view === "week") return part(date, { weekday: "short", day: "numeric", month: "short" });
    if (view === "month") return { html: `${part(date, { weekday: "narrow" })}<br>${date.getDate()}` };
    return date.getDay() === 1 ? part(date, { day: "numeric", month: "short" }) : "";
  };
}

function onRows(info) {
  return ["overrides", "final"].includes(info.resource?.id);
}

function draw() {
  const { view, first, days, today, rows, bars } = JSON.parse(holder.dataset.timeline);
  const mayEdit = "form" in holder.dataset;
  holder.classList.add(`is-${view}`);
  const calendar = window.EventCalendar.create(holder, {
    view: "resourceTimelineDay",
    views: { resourceTimelineDay: { duration: { days } } },
    date: first,
    locale: "en-GB",
    firstDay: 1,
    headerToolbar: { start: "", center: "", end: "" },
    resources: rows,
    events: events(bars),
    highlightedDates: [today],
    ...slots(view, days),
    snapDuration: view === "week" ? "01:00" : "03:00",
    slotLabelFormat: (date) => (view === "week" ? String(date.getHours()).padStart(2, "0") : ""),
    dayHeaderFormat: heading(view, first),
    eventContent: (info) => info.event.title,
    eventDidMount: (info) => {
      info.el.title = info.event.extendedProps.tip;
      if (info.event.extendedProps.exact) info.el.dataset.override = info.event.id;
    },
    scrollTime: "00:00",
    selectable: mayEdit,
    selectConstraint: onRows,
    dragConstraint: (info) => info.event.resourceIds.includes("overrides"),
    select: (info) => {
      const [from, until] = [info.startStr, info.endStr].map((at) => at.slice(0, 16));
      openForm(addressWith({ from, until }), () => calendar.unselect());
    },
    unselectAuto: false,
    eventDrop: (info) => moved(info, info.delta, info.delta),
    eventResize: (info) => moved(info, info.startDelta, info.endDelta),
  });
}

// On a small screen the picture is wider than its frame: begin shortly before now.
function scrollToNow() {
  const frame = holder.querySelector(".ec-main");
  const past = holder.querySelector(".past");
  if (frame && past) frame.scrollLeft = Math.max(past.offsetLeft + past.offsetWidth - frame.clientWidth / 2, 0);
}

// A click opens an override's form. Not by the calendar's own means: these would make the hidden picture focusable.
function openOnClick(event) {
  const bar = event.target.closest(".moves[data-override]");
  if (bar && !dialog.open && !isDropped) openForm(addressWith({ id: bar.dataset.override }));
  isDropped = false;
}

function moved(info, startDelta, endDelta) {
  isDropped = true;
  const { from, until } = info.event.extendedProps.exact;
  const none = { days: 0, seconds: 0 };
  const edges = { from: later(from, startDelta ?? none), until: later(until, endDelta ?? none) };
  openForm(addressWith({ id: info.event.id, ...edges }), info.revert);
}

if (holder) {
  draw();
  if (dialog) holder.addEventListener("click", openOnClick);
  setTimeout(scrollToNow, 50);
}

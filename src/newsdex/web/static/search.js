"use strict";

// Everything here only makes quicker what the page does without it.

const form = document.getElementById("ask");
const box = document.getElementById("q");

// The address of what the form asks, without what was left empty.
function asked(changes = {}) {
  const said = new FormData(form);
  for (const [name, value] of Object.entries(changes)) said.set(name, value);
  const pairs = [...said].filter(([, value]) => String(value).trim() !== "");
  const words = new URLSearchParams(pairs).toString();
  return form.action.split("?")[0] + (words ? "?" + words : "");
}

// Gets the page at an address, and puts its filters and results in the place of those that are shown.
let going = null;
async function go(address, remember = true) {
  going?.abort();
  going = new AbortController();
  const found = document.getElementById("found");
  found.setAttribute("aria-busy", "true");
  let text;
  try {
    const answer = await fetch(address, { signal: going.signal, headers: { Accept: "text/html" } });
    text = await answer.text();
  } catch (fault) {
    if (fault.name !== "AbortError") location.assign(address);
    return;
  }
  const next = new DOMParser().parseFromString(text, "text/html");
  if (!next.getElementById("found")) return location.assign(address);
  const focused = document.activeElement?.id;
  const opened = [...document.querySelectorAll(".facet:has(details[open])")].map((each) => each.dataset.facet);
  for (const id of ["filters", "found"]) document.getElementById(id).replaceChildren(...next.getElementById(id).childNodes);
  for (const each of document.querySelectorAll(".facet")) {
    if (opened.includes(each.dataset.facet)) each.querySelector("details")?.setAttribute("open", "");
  }
  document.title = next.title;
  const alternate = 'link[rel="alternate"]';
  document.querySelector(alternate)?.replaceWith(next.querySelector(alternate));
  if (remember) history.pushState(null, "", address);
  else box.value = next.getElementById("q").value;
  found.removeAttribute("aria-busy");
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  document.getElementById("told").textContent = document.querySelector(".tally-line h1").textContent;
  liven();
}

addEventListener("popstate", () => go(location.href, false));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  document.querySelector(".filters:popover-open")?.hidePopover();
  go(asked());
});

// On a wide page a choice applies at once; on a phone several are made, then applied together.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.form !== form || input === box) return;
  if (input.type === "checkbox" && document.querySelector(".filters:popover-open")) return;
  go(asked());
});

// The timeline: a drag, or a click on a bar, sets the dates.
function liven() {
  const svg = document.querySelector("#timeline svg");
  if (!svg) return;
  const bars = [...svg.querySelectorAll("g")];
  const told = document.getElementById("brushed");
  const before = told.textContent;
  let from = null, to = null;
  const at = (event) => {
    const room = svg.getBoundingClientRect();
    const place = Math.floor(((event.clientX - room.left) / room.width) * bars.length);
    return Math.min(Math.max(place, 0), bars.length - 1);
  };
  const span = () => [Math.min(from, to), Math.max(from, to)];
  const show = () => {
    const [first, last] = span();
    bars.forEach((bar, place) => bar.classList.toggle("brushed", place >= first && place <= last));
    told.textContent = first === last ? bars[first].querySelector("title").textContent : bars[first].dataset.since + " to " + bars[last].dataset.until;
  };
  const clear = () => {
    from = to = null;
    bars.forEach((bar) => bar.classList.remove("brushed"));
    told.textContent = before;
  };
  svg.classList.add("live");
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    from = to = at(event);
    show();
  });
  svg.addEventListener("pointermove", (event) => {
    if (from === null) told.textContent = bars[at(event)].querySelector("title").textContent;
    else { to = at(event); show(); }
  });
  svg.addEventListener("pointerup", () => {
    if (from === null) return;
    const [first, last] = span();
    go(asked({ since: bars[first].dataset.since, until: bars[last].dataset.until }));
  });
  svg.addEventListener("pointercancel", clear);
  svg.addEventListener("pointerleave", () => { if (from === null) told.textContent = before; });
}

// Suggestions while somebody types: a combobox with a list (WAI-ARIA).
const list = document.createElement("ul");
list.id = "suggestions";
list.className = "suggestions";
list.hidden = true;
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "Suggestions");
form.append(list);
for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false" })) box.setAttribute(name, value);
let offered = [], picked = -1, typing = 0, turn = 0;

function pick(place) {
  picked = place;
  [...list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === place)));
  if (place < 0) box.removeAttribute("aria-activedescendant");
  else {
    box.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  }
}
function close() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  pick(-1);
}
function take(place) {
  box.value = offered[place].text;
  close();
  box.focus();
  if (box.value.endsWith(":")) offer();
}
async function offer() {
  const mine = ++turn;
  const typed = box.value.slice(0, box.selectionEnd ?? undefined);
  if (typed.length !== box.value.length || !typed.trim()) return close();
  try {
    const answer = await fetch(form.dataset.suggest + "?q=" + encodeURIComponent(typed));
    const found = answer.ok ? await answer.json() : [];
    if (mine !== turn || document.activeElement !== box) return;
    offered = found;
  } catch { return close(); }
  list.replaceChildren(...offered.map((each, place) => {
    const item = document.createElement("li");
    item.id = "suggestion-" + place;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const shown = document.createElement("bdi");
    shown.textContent = each.shown;
    const about = document.createElement("span");
    about.className = "about";
    about.textContent = each.about + (each.count === null ? "" : " · " + each.count.toLocaleString("en"));
    item.append(shown, about);
    item.addEventListener("pointerdown", (event) => { event.preventDefault(); take(place); });
    return item;
  }));
  picked = -1;
  list.hidden = !offered.length;
  box.setAttribute("aria-expanded", String(!list.hidden));
}
box.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(offer, 120); });
box.addEventListener("blur", () => { turn++; clearTimeout(typing); close(); });
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !list.hidden) { event.preventDefault(); return close(); }
  if (list.hidden) return;
  const count = offered.length;
  if (event.key === "ArrowDown") { event.preventDefault(); pick((picked + 1) % count); }
  else if (event.key === "ArrowUp") { event.preventDefault(); pick((picked + count - (picked < 0 ? 0 : 1)) % count); }
  else if (event.key === "Enter" && picked >= 0) { event.preventDefault(); take(picked); }
  else if (event.key === "Enter") { turn++; clearTimeout(typing); close(); }
});

// An export tells how far it is.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a.export");
  if (!link || event.ctrlKey || event.metaKey) return;
  const name = Array.from(crypto.getRandomValues(new Uint32Array(4)), (each) => each.toString(16)).join("");
  const address = new URL(link.href);
  address.searchParams.set("name", name);
  link.href = address;
  setTimeout(() => { address.searchParams.delete("name"); link.href = address; });
  follow(name);
});
async function follow(name) {
  const place = document.getElementById("exporting");
  const [bar, told] = [place.querySelector("progress"), place.querySelector("output")];
  place.hidden = false;
  bar.removeAttribute("value");
  told.textContent = "Export begins";
  const since = Date.now();
  for (let tries = 0; tries < 36000; tries++) {
    await new Promise((done) => setTimeout(done, tries < 10 ? 200 : 1000));
    const answer = await fetch(place.dataset.progress + "?name=" + name).catch(() => null);
    if (!answer?.ok) {
      if (tries > 20) { told.textContent = "The browser shows how far it is."; return; }
      continue;
    }
    const { sent, total, state } = await answer.json();
    bar.max = total || 1;
    bar.value = state === "done" ? bar.max : sent;
    const rate = sent / Math.max((Date.now() - since) / 1000, 0.1);
    const left = rate ? Math.ceil((total - sent) / rate) : 0;
    const counted = `${sent.toLocaleString("en")} of ${total.toLocaleString("en")} articles`;
    if (state === "done") { told.textContent = `Done: ${total.toLocaleString("en")} articles`; return; }
    if (state === "failed") { told.textContent = `The export broke off after ${counted}: the file is not whole. Try again.`; return; }
    told.textContent = left ? `${counted}, ${left} s left` : counted;
  }
}

// j and k go from hit to hit.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !["j", "k"].includes(event.key)) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const links = [...document.querySelectorAll(".hit h2 a")];
  const here = links.indexOf(document.activeElement);
  links[Math.min(Math.max(here + (event.key === "j" ? 1 : -1), 0), links.length - 1)]?.focus();
});

liven();

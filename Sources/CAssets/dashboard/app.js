// Puts the views together: the box, the keys, the theme, and which view has the page.
import { tryNow, watchTroubles } from "./api.js";
import { Atlas } from "./atlas.js";
import { byID, h } from "./dom.js";
import { Free } from "./free.js";
import { Port } from "./port.js";
import { Ranges } from "./ranges.js";
import { go, start } from "./router.js";
import { Search } from "./search.js";

const root = document.documentElement;
const box = byID("q");
const atlas = new Atlas();
const search = new Search(atlas, narrow);
const views = { port: new Port(), ranges: new Ranges(), free: new Free(atlas) };
let place = { view: "home", question: {} };

// MARK: Views

function draw(next, { isBack, isFirst, isFollowed } = {}) {
  const before = place;
  place = next;
  root.dataset.view = next.view;
  document.title = [titleOf(next), "Portolan"].filter(Boolean).join(" – ");
  for (const link of document.querySelectorAll("nav [data-view]")) {
    link.ariaCurrent = link.dataset.view === next.view ? "page" : null;
  }
  if (before.view !== next.view) leave(before);
  fillBox(next);
  atlas.select(next.port);
  show(next);
  if (isFollowed) {
    scrollTo(0, 0);
    focusView(next);
  } else if (isBack && before.view === "port" && next.view === "search") {
    document.querySelector(`#results a[href="/?port=${before.port}"]`)?.focus();
  } else if (isFirst && next.view === "home" && matchMedia("(min-width: 40rem)").matches) {
    box.focus();
  }
}

function show({ view, port, question }) {
  const hasQuestion = Object.keys(question).length > 0;
  if (view === "map") atlas.openTable();
  if (view === "search" || (view === "map" && hasQuestion)) return search.show(question);
  if (view !== "free") atlas.light([]);
  if (view === "port") return views.port.show(port);
  if (view === "home") return views.ranges.showFullness(byID("fullness"));
  return views[view]?.show(question);
}

function leave({ view }) {
  if (view === "search" || view === "map") search.leave();
  else views[view === "home" ? "ranges" : view].leave();
}

function titleOf({ view, port, question }) {
  if (view === "port") return `Port ${port}`;
  return { map: "Map", ranges: "Ranges", free: "Free blocks" }[view] ?? question.q?.trim();
}

/** A view that came by a link has the focus, as a page that is loaded has. */
function focusView({ view }) {
  if (view === "map") byID("map-title").focus();
  else if (view === "search" || view === "home") box.focus();
  else views[view].focus();
}

// MARK: The box

/** What is typed stays, unless another question comes by its address. */
function fillBox({ view, question }) {
  if (view !== "search" && view !== "map" && view !== "home") return;
  const text = question.q ?? "";
  if (box.value.trim() !== text.trim()) box.value = text;
}

box.addEventListener("input", () => {
  const isSearch = place.view === "search";
  const question = { ...(isSearch ? place.question : {}), q: box.value };
  // One question is one step back, however many keys it took.
  go({ view: "search", question }, { replace: isSearch });
});

byID("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  if (place.view === "search") search.openFirst();
  else if (box.value.trim()) go({ view: "search", question: { q: box.value } });
});

function narrow(name, value) {
  go({ view: "search", question: { ...place.question, [name]: value } }, { replace: true });
}

// MARK: Keys

const slash = byID("slash");
slash.checked = stored("slash") !== "off";
slash.addEventListener("change", () => store("slash", slash.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
  if (event.key === "/" && !isTyping && slash.checked) {
    box.focus();
    box.select();
  } else if (event.key === "Escape" && event.target === box) {
    box.value = "";
    go({ view: "home" }, { replace: place.view === "search" });
  } else if (event.key === "Escape") {
    box.focus();
    box.select();
  } else if (event.key === "ArrowDown" && event.target === box && place.view === "search") {
    search.focusFirst();
  } else {
    return;
  }
  event.preventDefault();
});

// MARK: Theme

const themes = ["auto", "light", "dark"];
const theme = byID("theme");

function applyTheme(name) {
  root.dataset.theme = name;
  theme.textContent = `Theme: ${name}`;
  atlas.repaint();
}

theme.addEventListener("click", () => {
  const name = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
  store("theme", name);
  applyTheme(name);
});

// MARK: Storage, which may be forbidden

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It holds as long as the page does.
  }
}

// MARK: Start

let said;
watchTroubles((words) => {
  // The button may have the focus: it stays, as long as the words do.
  if (words === said) return;
  said = words;
  const trouble = byID("trouble");
  const hadFocus = trouble.contains(document.activeElement);
  trouble.replaceChildren(
    ...(words ? [words, " ", h("button", { type: "button", click: tryNow }, "Try now")] : []));
  // Whoever pressed it goes on at the next one, or in the box: keys would lead nowhere.
  if (hadFocus) (trouble.querySelector("button") ?? box).focus();
});

// Without scripts these lead to pages of the API; with them, to places of this one.
for (const link of document.querySelectorAll("nav [data-view], footer a, .examples a")) {
  const { pathname, search: query } = new URL(link.href);
  if (pathname === "/ports") link.href = `/${query}`;
  if (pathname === "/ranges") link.href = "/?view=ranges";
  if (pathname === "/free-ranges") link.href = "/?view=free";
}
byID("origin").textContent = location.origin;
applyTheme(themes.includes(root.dataset.theme) ? root.dataset.theme : "auto");
start(draw);
atlas.load();

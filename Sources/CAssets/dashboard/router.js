// The page's address is all that a view needs: any of them can be kept, sent and opened again.

/** What narrows a search, by the names that the API has for it. */
export const filterNames = [
  "transport", "range", "source", "status", "official", "service", "first", "last",
];

/** What each view keeps in the address besides its name. */
const questionNames = {
  search: ["q", ...filterNames],
  map: ["q", ...filterNames],
  free: ["transport", "range", "size"],
};

/** The place that an address leads to: `{ view, port?, question }`. */
export function parse(search) {
  const parameters = new URLSearchParams(search);
  const port = parameters.get("port") ?? "";
  if (/^[0-9]{1,5}$/.test(port) && Number(port) <= 65535) {
    return { view: "port", port: Number(port), question: {} };
  }
  const named = parameters.get("view");
  if (named === "map" || named === "ranges" || named === "free") {
    return { view: named, question: pick(parameters, questionNames[named] ?? []) };
  }
  const question = pick(parameters, questionNames.search);
  return { view: Object.keys(question).length > 0 ? "search" : "home", question };
}

function pick(parameters, names) {
  const found = names.filter((name) => parameters.get(name)?.trim());
  return Object.fromEntries(found.map((name) => [name, parameters.get(name)]));
}

/** The address of a place. */
export function address({ view, port, question = {} }) {
  const parameters = new URLSearchParams();
  if (view === "port") parameters.set("port", port);
  if (view === "map" || view === "ranges" || view === "free") parameters.set("view", view);
  for (const name of questionNames[view] ?? []) {
    if (question[name]) parameters.set(name, question[name]);
  }
  // A comma is allowed in a query and is easier to read as itself.
  const query = parameters.toString().replaceAll("%2C", ",");
  return query ? `/?${query}` : "/";
}

let render = () => {};

/** Calls `draw` with the place of the address, now and whenever it changes. */
export function start(draw) {
  render = draw;
  addEventListener("popstate", () => render(parse(location.search), { isBack: true }));
  document.addEventListener("click", follow);
  render(parse(location.search), { isFirst: true });
}

/** Goes to a place; `replace` leaves no way back to the one before. */
export function go(place, { replace = false, ...how } = {}) {
  const target = address(place);
  if (target !== location.pathname + location.search) {
    history[replace ? "replaceState" : "pushState"](null, "", target);
  }
  render(parse(location.search), how);
}

/** A plain click on a link to another place of this page loads nothing. */
function follow(event) {
  const link = event.target.closest?.("a[href]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    && !event.altKey && !event.defaultPrevented;
  if (!link || !isPlain || link.target || link.origin !== location.origin) return;
  if (link.pathname !== "/" || link.hash) return;
  event.preventDefault();
  go(parse(link.search), { isFollowed: true });
}

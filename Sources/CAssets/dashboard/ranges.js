// The three ranges, and how full they are for each transport.
import { Lane } from "./api.js";
import { byID, count, h } from "./dom.js";
import { address } from "./router.js";

const states = ["assigned", "reserved", "unassigned"];

export class Ranges {
  #lane = new Lane();
  #root = byID("ranges");
  #isDrawn = false;

  /** Draws how full each range is, as short as it can be said. */
  async showFullness(root) {
    if (root.hasChildNodes()) return;
    const answer = await this.#lane.ask("/ranges").catch(() => undefined);
    if (!answer || root.hasChildNodes()) return;
    root.append(h("h2", null, "How full they are"), h("table", { class: "chart" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "range"),
        h("th", { scope: "col", colspan: "2" }, "transport"),
        h("th", { scope: "col", class: "digits" }, "assigned"))),
      h("tbody", null, answer.items.flatMap(({ name, first, last, counts }) =>
        ["tcp", "udp"].map((transport, place) => h("tr", null,
          place === 0 && h("th", { scope: "row", rowspan: "2" },
            h("a", { href: address({ view: "search", question: { range: name } }) }, name), " ",
            h("small", null, `${first}–${last}`)),
          h("td", null, transport),
          h("td", { class: "bar-cell" }, bar(counts[transport])),
          h("td", { class: "digits" }, count(counts[transport].assigned))))))));
  }

  async show() {
    if (this.#isDrawn) return;
    this.#root.replaceChildren(h("h1", { tabindex: "-1" }, "The three ranges"));
    const answer = await this.#lane.ask("/ranges").catch(() => undefined);
    if (!answer) return;
    this.#isDrawn = true;
    this.#root.append(
      h("ul", { class: "legend" }, states.map((state) =>
        h("li", null, h("span", { class: `swatch ${state}` }), state))),
      ...answer.items.map(range));
  }

  leave() {
    this.#lane.stop();
  }

  focus() {
    this.#root.querySelector("h1")?.focus({ preventScroll: true });
  }
}

function range({ name, first, last, names, facts, counts }) {
  const list = address({ view: "search", question: { range: name } });
  const free = address({ view: "free", question: { range: name } });
  return h("section", { class: "range" },
    h("h2", null, name, " ", h("small", null, `${first}–${last}`)),
    h("p", { class: "names" }, `Also called ${names.join(", ")}.`),
    h("div", { class: "wide" }, h("table", { class: "chart" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "transport"),
        h("td", null), states.map((state) => h("th", { scope: "col", class: "digits" }, state)))),
      h("tbody", null, Object.entries(counts).map(([transport, numbers]) =>
        h("tr", null, h("th", { scope: "row" }, transport),
          h("td", { class: "bar-cell" }, bar(numbers)),
          states.map((state) => h("td", { class: "digits" }, count(numbers[state])))))))),
    h("ul", { class: "said" }, facts.map((fact) => h("li", null, fact))),
    h("p", null, h("a", { href: list }, `What is in the ${name} range`), " · ",
      h("a", { href: free }, "What is free in it")));
}

/** The counts as lengths; the numbers beside it say the same. */
function bar(numbers) {
  return h("span", { class: "bar", "aria-hidden": "true" }, states.map((state) => {
    const part = h("span", { class: state });
    part.style.flexGrow = numbers[state];
    return part;
  }));
}

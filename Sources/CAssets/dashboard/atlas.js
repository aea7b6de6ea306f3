// The map with what belongs to it: colours, read-out, table.
import { Lane } from "./api.js";
import { byID, count, h } from "./dom.js";
import { Cells, portCount, schemes, tally } from "./cells.js";
import { PortMap } from "./map.js";
import { address, go } from "./router.js";

/** Milliseconds that the pointer must rest before the server is asked for a name. */
const restPause = 120;

/** Ports in a row of the table. */
const rowSize = 1024;

export class Atlas {
  #lane = new Lane();
  #names = new Lane();
  #cells;
  #map = new PortMap(byID("map"), {
    moved: (port, byKeyboard) => this.#read(port, byKeyboard),
    opened: (port) => go({ view: "port", port }, { isFollowed: true }),
    zoomed: (factor) => (byID("zoom").textContent = `${factor}×`),
  });
  #colours = byID("colours");
  #transport = byID("map-transport");
  #table = byID("map-table");
  #probe = document.body.appendChild(h("span", { hidden: true }));

  constructor() {
    for (const control of [this.#colours, this.#transport]) {
      control.addEventListener("change", () => this.repaint());
    }
    byID("zoom-in").addEventListener("click", () => this.#map.zoomBy(1));
    byID("zoom-out").addEventListener("click", () => this.#map.zoomBy(-1));
    this.#table.addEventListener("toggle", () => this.#fillTable());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
  }

  async load() {
    const answer = await this.#lane.ask("/map").catch(() => undefined);
    if (!answer) return;
    this.#cells = new Cells(answer);
    this.repaint();
  }

  /** Paints anew, as the theme or a choice is another. */
  repaint() {
    if (!this.#cells) return;
    const scheme = schemes[this.#colours.value];
    const transport = this.#transport.value;
    this.#transport.disabled = this.#colours.value === "layer";
    const counts = tally(this.#cells, scheme, transport);
    const palette = scheme.classes.map((name) => this.#colour(`--map-${slug(name)}`));
    const ink = Object.fromEntries(["paper", "ink", "quiet", "lit"]
      .map((name) => [name, this.#colour(`--${name}`)]));
    this.#map.paint((port) => palette[scheme.classify(this.#cells, port, transport)], ink);
    byID("legend").replaceChildren(...scheme.classes.map((name, place) =>
      h("li", null, h("span", { class: `swatch ${slug(name)}` }), name, " ",
        h("span", { class: "count" }, count(counts[place])))));
    this.#fillTable();
  }

  /** Lights up the ports of items, of which there are `total` in all. */
  light(items, total = items.length) {
    const placed = items.filter(({ port }) => port !== null);
    this.#map.light(placed.map(({ port, last }) => [port, last ?? port]));
    byID("lit").textContent = items.length === 0 ? ""
      : items.length < total ? `The first ${count(items.length)} of ${count(total)} light up.`
      : `${count(total)} light up.`;
  }

  /** Shows the table where there is room for it beside the picture. */
  openTable() {
    if (matchMedia("(min-width: 50rem)").matches) this.#table.open = true;
  }

  select(port) {
    this.#map.select(port);
  }

  /** A colour of the style sheet, in whatever theme it is, as `[r, g, b]`. */
  #colour(name) {
    this.#probe.style.color = `var(${name})`;
    return getComputedStyle(this.#probe).color.match(/[0-9.]+/g).slice(0, 3).map(Number);
  }

  /** Says what is at a port, and then, if there is one, its name. */
  async #read(port, byKeyboard) {
    if (!this.#cells) return;
    const name = h("b");
    // Where the pointer passes need not be read aloud.
    byID("readout").ariaLive = byKeyboard ? "polite" : "off";
    byID("readout").replaceChildren(
      h("a", { href: address({ view: "port", port }) }, `${port}`), " ", name,
      ` ${this.#cells.describe(port)}.`);
    if (this.#cells.layers(port) === 0) return this.#names.stop();
    const answer = await this.#names.ask(`/ports/${port}`, restPause).catch(() => undefined);
    const best = answer?.assignments[0];
    if (best) name.textContent = `${best.service ?? best.name}:`;
  }

  #fillTable() {
    if (!this.#cells || !this.#table.open) return;
    const transport = this.#transport.value;
    const scheme = schemes[this.#colours.value];
    const classes = scheme.classes.map((name) => h("th", { scope: "col", class: "digits" }, name));
    const rows = [];
    for (let first = 0; first < portCount; first += rowSize) {
      const last = first + rowSize - 1;
      const place = { view: "search", question: { first: `${first}`, last: `${last}` } };
      rows.push(h("tr", null,
        h("th", { scope: "row" }, h("a", { href: address(place) }, `${first}–${last}`)),
        tally(this.#cells, scheme, transport, first, last).map((number) =>
          h("td", { class: "digits" }, count(number)))));
    }
    this.#table.querySelector("div").replaceChildren(h("table", null,
      h("caption", null, `Ports for ${transport || "any transport"}, in rows of 1,024`),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "ports"), classes)),
      h("tbody", null, rows)));
  }
}

/** `official and common` as a name in the style sheet. */
const slug = (name) => name.replaceAll(/[^a-z]+/g, "-");

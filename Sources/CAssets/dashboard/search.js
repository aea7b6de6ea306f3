// The list of what was found, its filters, and the way through it.
import { Lane, Refusal } from "./api.js";
import { byID, count, h, labels, marked, numbers } from "./dom.js";
import { address, filterNames } from "./router.js";

/** Values that a filter is switched to by a button. */
const choices = {
  transport: ["tcp", "udp", "sctp", "dccp"],
  range: ["system", "user", "dynamic"],
  source: ["catalogue", "iana", "common", "site"],
};

/** How many items the first page has, the next ones, and the list that lights up the map. */
const firstPage = 20;
const nextPages = 250;
const lightPage = 1000;

/** Milliseconds: how long a question waits while another is under way, and the light for quiet. */
const typingPause = 60;
const lightPause = 300;

/** The question as a target of the API. */
export function target(question, parameters) {
  const query = new URLSearchParams();
  if (question.q?.trim()) query.set("q", question.q.trim());
  for (const name of filterNames) if (question[name]) query.set(name, question[name]);
  for (const [name, value] of Object.entries(parameters)) query.set(name, value);
  return `/ports?${query}`;
}

export class Search {
  #lane = new Lane();
  #rest = new Lane();
  #light = new Lane();
  #summary = byID("summary");
  #list = byID("results");
  #more = byID("more");
  #filters = new Filters((name, value) => this.#change(name, value));
  #question = {};
  #drawn;
  #items = [];
  #next = null;
  #total = 0;
  #isOpening = false;
  #atlas;
  #change;

  /** `change` is told of a filter's new value. */
  constructor(atlas, change) {
    this.#atlas = atlas;
    this.#change = change;
    this.#more.addEventListener("click", () => this.#readOn());
    this.#list.addEventListener("keydown", (event) => this.#move(event));
  }

  /** Shows the answer to a question; at once, if it is the one that stands there. */
  async show(question) {
    const key = address({ view: "search", question });
    this.#question = question;
    this.#filters.show(question);
    if (key === this.#drawn) return this.#lightUp();
    this.#list.setAttribute("aria-busy", "true");
    this.#rest.stop();
    this.#light.stop();
    this.#drawn = undefined;
    this.#isOpening = false;
    try {
      const page = await this.#lane.ask(
        target(question, { limit: firstPage, facets: true }),
        this.#lane.isBusy ? typingPause : 0,
      );
      if (!page) return;
      this.#drawn = key;
      this.#draw(page);
      if (this.#isOpening) this.openFirst();
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Asks no more, as nobody looks. */
  leave() {
    this.#lane.stop();
    this.#rest.stop();
    this.#light.stop();
  }

  focusFirst() {
    this.#list.querySelector("a")?.focus();
  }

  /** Opens the best answer; if it is still on its way, as soon as it is there. */
  openFirst() {
    if (this.#drawn === undefined) this.#isOpening = true;
    else this.#list.querySelector("a")?.click();
  }

  // MARK: Drawing

  #draw({ total, items, next, counts }) {
    this.#items = items;
    this.#next = next;
    this.#total = total;
    this.#filters.showCounts(counts);
    const port = total === 0 ? plainPort(this.#question.q) : undefined;
    this.#replace(port === undefined ? items.map(row) : [emptyPort(port)]);
    this.#list.removeAttribute("aria-busy");
    this.#tell();
    this.#lightUp();
  }

  /** Changes the rows. Who stands on one stays on it, or else at its place, or else in the box. */
  #replace(rows) {
    const held = this.#list.querySelector("a:focus");
    const index = [...this.#list.children].indexOf(held?.parentElement);
    this.#list.replaceChildren(...rows);
    if (!held) return;
    const links = rows.map((item) => item.firstChild);
    const same = links.find((link) => link.href === held.href);
    (same ?? links[Math.min(index, links.length - 1)] ?? byID("q")).focus();
  }

  #tell() {
    const { length } = this.#items;
    const shown = length < this.#total ? `, ${count(length)} shown` : "";
    const map = address({ view: "map", question: this.#question });
    this.#summary.replaceChildren(
      this.#total === 0 ? "Nothing found. Fewer letters or filters may help." : "",
      this.#total === 0 ? "" : `${count(this.#total)} found${shown} · `,
      this.#total === 0 ? "" : h("a", { href: map }, "Show on the map"),
    );
    this.#more.hidden = this.#next === null;
    this.#more.textContent = `Show ${count(Math.min(nextPages, this.#total - length))} more`;
  }

  #refuse(error) {
    if (!(error instanceof Refusal)) throw error;
    this.#items = [];
    this.#more.hidden = true;
    this.#replace([]);
    this.#list.removeAttribute("aria-busy");
    this.#summary.textContent = `That cannot be asked: ${error.message}`;
    this.#atlas.light([]);
  }

  /** Lights up what is there, then, once the reader pauses, as much as one answer holds. */
  async #lightUp() {
    this.#atlas.light(this.#items, this.#total);
    if (this.#next === null || this.#items.length >= lightPage) return;
    const page = await this.#light.ask(target(this.#question, { limit: lightPage }), lightPause)
      .catch(() => undefined);
    if (page) this.#atlas.light(page.items, page.total);
  }

  // MARK: Moving

  /** Appends the next page. Gives its first link. */
  async #readOn() {
    if (this.#next === null || this.#rest.isBusy) return undefined;
    this.#more.textContent = "Reading on …";
    const cursor = { limit: nextPages, cursor: this.#next };
    let page;
    try {
      page = await this.#rest.ask(target(this.#question, cursor));
    } catch {
      // The data changed between the pages: the list begins anew.
      this.#drawn = undefined;
      await this.show(this.#question);
    }
    if (!page) return undefined;
    const rows = page.items.map(row);
    this.#list.append(...rows);
    this.#items = this.#items.concat(page.items);
    this.#next = page.next;
    const hadFocus = document.activeElement === this.#more;
    this.#tell();
    const first = rows[0]?.firstChild;
    if (hadFocus && this.#more.hidden) first?.focus();
    return first;
  }

  async #move(event) {
    const links = this.#list.children;
    const here = event.target.closest("li");
    let aim;
    switch (event.key) {
      case "ArrowDown":
        event.preventDefault();
        aim = here.nextElementSibling?.firstChild ?? (await this.#readOn());
        break;
      case "ArrowUp":
        aim = here.previousElementSibling?.firstChild ?? byID("q");
        break;
      case "Home":
        aim = links[0].firstChild;
        break;
      case "End":
        aim = links[links.length - 1].firstChild;
        break;
      default:
        return;
    }
    event.preventDefault();
    aim?.focus();
  }
}

/** One result, all of it a link. */
function row(item) {
  const { match } = item;
  const [field, place] = match?.field.split("/") ?? [];
  const spansOf = (name) => (field === name ? match.spans : undefined);
  // What matched is shown even if it is none of what every row has.
  const other = place === undefined ? item[field] : item[field]?.[place];
  const isHidden = other && !["port", "service", "name"].includes(field);
  const heading = item.service ?? item.name;
  const isHeading = field === "service" || (field === "name" && item.name === heading);
  return h("li", null,
    h("a", { href: address({ view: "port", port: item.port }) },
      h("span", { class: "number" },
        item.last === undefined ? marked(`${item.port}`, spansOf("port")) : numbers(item)),
      h("span", { class: "what" },
        h("b", null, marked(heading, isHeading && match.spans)),
        item.name !== heading
          && h("span", { class: "name" }, " ", marked(item.name, spansOf("name"))),
        isHidden && h("span", { class: "found" },
          `${field === "aliases" ? "also" : field}: `, marked(`${other}`, match.spans))),
      h("span", { class: "tags" },
        h("span", { class: "transports" }, item.transports.join(" ")), labels(item))));
}

/** The port that a question names and nothing else. It has a page, even if nobody uses it. */
function plainPort(text) {
  const [, digits] = /^:?0*([0-9]{1,5})$/.exec(text?.trim() ?? "") ?? [];
  return digits !== undefined && Number(digits) <= 65535 ? Number(digits) : undefined;
}

function emptyPort(port) {
  return h("li", null, h("a", { href: address({ view: "port", port }) },
    h("span", { class: "number" }, `${port}`),
    h("span", { class: "what" }, "What is known of the port")));
}

/** Buttons that narrow the search. */
class Filters {
  #buttons = [];
  #others = h("span", { class: "others" });
  #change;

  constructor(change) {
    this.#change = change;
    const groups = Object.entries(choices).map(([name, values]) =>
      h("fieldset", null, h("legend", null, name),
        values.map((value) => this.#button(name, value))));
    byID("filters").append(...groups, this.#others);
  }

  #button(name, value) {
    const number = h("span", { class: "count" });
    const button = h("button", { type: "button", class: "chip", "aria-pressed": "false" },
      value, " ", number);
    button.addEventListener("click", () => this.#toggle(name, value));
    this.#buttons.push({ name, value, button, number });
    return button;
  }

  #toggle(name, value) {
    const isOn = (entry) =>
      (entry.button.getAttribute("aria-pressed") === "true") !== (entry.value === value);
    const values = this.#buttons.filter((entry) => entry.name === name && isOn(entry));
    this.#change(name, values.map((entry) => entry.value).join(","));
  }

  /** Presses what the question has, and names what has no button. */
  show(question) {
    for (const { name, value, button } of this.#buttons) {
      const isOn = question[name]?.split(",").includes(value) ?? false;
      button.setAttribute("aria-pressed", `${isOn}`);
    }
    const names = filterNames.filter((name) => question[name] && !(name in choices));
    this.#others.replaceChildren(...names.map((name) =>
      h("button", { type: "button", class: "chip", "aria-pressed": "true",
        "aria-label": `Remove ${name} ${question[name]}`, click: () => this.#change(name, "") },
      `${name} ${question[name]} ×`)));
  }

  showCounts(counts) {
    for (const { name, value, number } of this.#buttons) {
      number.textContent = counts ? count(counts[name][value]) : "";
    }
  }
}

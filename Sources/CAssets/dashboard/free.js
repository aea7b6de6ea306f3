// Finds ports in a row that may be taken.
import { Lane, Refusal } from "./api.js";
import { byID, count, h } from "./dom.js";
import { address, go } from "./router.js";

const pageSize = 50;

export class Free {
  #lane = new Lane();
  #form = byID("demand");
  #summary = byID("blocks-summary");
  #table = byID("blocks");
  #more = byID("more-blocks");
  #atlas;
  #items = [];
  #total = 0;
  #next = null;
  #question = {};

  constructor(atlas) {
    this.#atlas = atlas;
    this.#form.addEventListener("input", () => this.#demand());
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#more.addEventListener("click", () => this.#ask(this.#next));
  }

  show(question) {
    this.#question = question;
    const { transport, range, size } = this.#form.elements;
    transport.value = question.transport ?? "";
    range.value = question.range ?? "";
    if (size.value !== question.size && document.activeElement !== size) {
      size.value = question.size ?? "1";
    }
    this.#items = [];
    return this.#ask();
  }

  leave() {
    this.#lane.stop();
  }

  focus() {
    byID("free-title").focus({ preventScroll: true });
  }

  /** What the form says becomes the address, and so the question. */
  #demand() {
    const entries = [...new FormData(this.#form)].filter(([name, value]) =>
      value && !(name === "size" && value === "1"));
    go({ view: "free", question: Object.fromEntries(entries) }, { replace: true });
  }

  async #ask(cursor) {
    const query = new URLSearchParams({ ...this.#question, limit: pageSize });
    if (cursor) query.set("cursor", cursor);
    try {
      const page = await this.#lane.ask(`/free-ranges?${query}`);
      if (!page) return;
      this.#items = this.#items.concat(page.items);
      this.#next = page.next;
      this.#total = page.total;
      this.#draw();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#items = [];
      this.#next = null;
      this.#table.replaceChildren();
      this.#summary.textContent = error.message;
      this.#more.hidden = true;
    }
  }

  #draw() {
    const length = this.#items.length;
    const shown = length < this.#total ? `, ${count(length)} shown` : "";
    this.#summary.textContent =
      this.#total === 0 ? "No such block." : `${count(this.#total)} blocks${shown}`;
    this.#more.hidden = this.#next === null;
    this.#table.replaceChildren(h("table", null,
      h("thead", null, h("tr", null,
        ["first", "last", "size"].map((name) => h("th", { scope: "col", class: "digits" }, name)),
        h("th", { scope: "col" }, "range"))),
      h("tbody", null, this.#items.map(({ first, last, size, range }) => h("tr", null,
        h("th", { scope: "row", class: "digits" },
          h("a", { href: address({ view: "port", port: first }) }, `${first}`)),
        h("td", { class: "digits" }, `${last}`),
        h("td", { class: "digits" }, count(size)),
        h("td", null, range))))));
    this.#atlas.light(this.#items.map(({ first, last }) => ({ port: first, last })), this.#total);
  }
}

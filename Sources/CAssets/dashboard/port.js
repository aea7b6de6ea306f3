// All that is known of one port.
import { Lane, Refusal } from "./api.js";
import { byID, copyButton, h, labels, numbers } from "./dom.js";
import { address } from "./router.js";

/** How many ports on either side are shown. */
const reach = 4;

export class Port {
  #lane = new Lane();
  #neighbours = new Lane();
  #root = byID("port");
  #shown;

  /** Draws the port. The heading is there at once, to have the focus; the rest follows. */
  async show(port) {
    if (this.#shown === port) return;
    this.#shown = undefined;
    this.#root.replaceChildren(heading(port));
    this.#root.setAttribute("aria-busy", "true");
    try {
      const answer = await this.#lane.ask(`/ports/${port}`);
      if (!answer) return;
      this.#shown = port;
      const beside = h("nav", { class: "neighbours", "aria-label": "Neighbours" });
      this.#root.replaceChildren(this.#root.firstChild, ...facts(answer), beside, ...ways(answer));
      this.#root.removeAttribute("aria-busy");
      this.#showNeighbours(port, beside);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#root.append(h("p", null, error.message));
    }
  }

  leave() {
    this.#lane.stop();
    this.#neighbours.stop();
  }

  focus() {
    this.#root.querySelector("h1")?.focus({ preventScroll: true });
  }

  async #showNeighbours(port, root) {
    const first = Math.max(0, port - reach);
    const last = Math.min(65535, port + reach);
    const ports = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const batch = await this.#neighbours.ask(`/ports?port=${ports.join(",")}`).catch(() => undefined);
    if (!batch) return;
    root.append(h("h2", null, "Neighbours"),
      h("ol", null, batch.items.map((item) => neighbour(item, item.port === port))));
  }
}

const heading = (port) =>
  h("h1", { tabindex: "-1", class: "port-title" }, h("span", { class: "unseen" }, "Port "), `${port}`);

function facts({ port, range, status, notes, assignments }) {
  return [
    h("p", { class: "states" },
      h("span", { class: "range" }, `${range} range`),
      Object.entries(status).map(([transport, state]) =>
        h("span", { class: `state ${state}` }, h("b", null, transport), ` ${state}`))),
    notes.map(({ transports, note, sources }) =>
      h("p", { class: "note" }, note, " ",
        h("small", null, [...transports, ...Object.keys(sources)].join(" · ")))),
    assignments.length === 0
      ? h("p", null, `Nobody is known to use port ${port}.`)
      : assignments.map(assignment),
  ].flat();
}

function assignment(item) {
  const { service, name, description, transports, aliases, references, note, trojans } = item;
  const rows = [
    ["Transports", transports.join(", ") || "none named"],
    item.last !== undefined && ["Ports", numbers(item)],
    description && ["IANA’s title", description],
    aliases.length > 0 && ["Also called", aliases.join(", ")],
    ["Sources", Object.entries(item.sources)
      .map(([layer, named]) => (named.length > 0 ? `${layer} (${named.join(", ")})` : layer))
      .join("; ")],
    references.length > 0 && ["References", references.flatMap((text) => [reference(text), " "])],
    note && ["Note", note],
    trojans && ["Malware seen here", trojans.join(", ")],
  ];
  return h("section", { class: "assignment" },
    h("h2", null, service ?? name, " ", labels(item)),
    service !== null && name !== service && h("p", { class: "name" }, name),
    h("dl", null, rows.filter(Boolean).map(([term, ...value]) =>
      [h("dt", null, term), h("dd", null, ...value)]).flat()),
    service !== null && h("p", null,
      h("a", { href: address({ view: "search", question: { service } }) }, `All ports of ${service}`)));
}

/** A link, if it is known where the document is. Nothing but the web is linked to. */
function reference(text) {
  const [, number] = /^RFC ?([0-9]+)$/.exec(text) ?? [];
  const href = number ? `https://www.rfc-editor.org/rfc/rfc${number}` : text;
  if (!/^https?:\/\//.test(href)) return text;
  return h("a", { href, rel: "external noreferrer" }, text);
}

function neighbour({ port, status, assignments }, isHere) {
  const states = Object.values(status);
  const state = ["assigned", "reserved"].find((word) => states.includes(word)) ?? "unassigned";
  const [best] = assignments;
  return h("li", null,
    h("a", { href: address({ view: "port", port }), "aria-current": isHere && "page" },
      h("span", { class: `dot ${state}` }),
      h("span", { class: "number" }, `${port}`),
      h("span", { class: "name" }, best ? (best.service ?? best.name) : state)));
}

/** How to have the same without this page. */
function ways(answer) {
  const { port } = answer;
  const line = h("code", null, `curl ${location.origin}/ports/${port}`);
  const forms = ["json", "text", "csv", "html"].flatMap((form) =>
    [h("a", { href: `/ports/${port}?format=${form}` }, form), " "]);
  return [
    h("h2", null, "From the API"),
    h("p", { class: "command" }, line, copyButton(line)),
    h("p", null, "As ", forms),
    h("details", null, h("summary", null, "The JSON"),
      h("pre", { tabindex: "0" }, JSON.stringify(answer, null, 2))),
  ];
}

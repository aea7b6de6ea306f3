// Makes nodes. Data becomes text here, never markup.

/**
 * An element.
 *
 * A function among the attributes listens to the event of that name; `true` is an attribute without
 * a value; `false`, `null` and `undefined` leave out an attribute or a child. Text is only text.
 */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

export const byID = (id) => document.getElementById(id);

/** `1,234`: as the page's language has it, whatever the reader's. */
export const count = (number) => number.toLocaleString("en");

/** `443`, or `6000–6063`. */
export const numbers = ({ port, last }) => (last === undefined ? `${port}` : `${port}–${last}`);

/** `text` with its spans in `mark`; they count code points, and JavaScript's strings do not. */
export function marked(text, spans) {
  const points = [...text];
  const parts = [];
  let end = 0;
  for (const [first, last] of spans ?? []) {
    parts.push(points.slice(end, first).join(""));
    parts.push(h("mark", null, points.slice(first, last).join("")));
    end = last;
  }
  parts.push(points.slice(end).join(""));
  return parts;
}

/** What an assignment is to the reader, each a word and a colour. */
export function labels({ official, sources }) {
  const words = [sources.site && "site", sources.common && "common", official && "official"];
  return words.filter(Boolean).map((word) => h("span", { class: `label ${word}` }, word));
}

/** A button that copies what `text` gives; where that is forbidden, the text is selected instead. */
export function copyButton(source) {
  const button = h("button", { type: "button", class: "plain", click: copy }, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  }
  return button;
}

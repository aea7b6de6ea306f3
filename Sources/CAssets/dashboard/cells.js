// The map's data, a byte of states and a byte of layers for each port, and the ways to colour it.

export const portCount = 65536;
export const transports = ["tcp", "udp", "sctp", "dccp"];
const states = ["unassigned", "reserved", "assigned"];
const layers = ["catalogue", "iana", "common", "site"];

export function rangeOf(port) {
  if (port < 1024) return "system";
  return port < 49152 ? "user" : "dynamic";
}

/** The answer of `/map`, unpacked. */
export class Cells {
  #states;
  #layers;

  constructor(answer) {
    this.#states = bytes(answer.states);
    this.#layers = bytes(answer.layers);
  }

  /** 0 for unassigned, 1 for reserved, 2 for assigned; without a transport, the most of all four. */
  state(port, transport) {
    const packed = this.#states[port];
    const place = transports.indexOf(transport);
    if (place >= 0) return (packed >> (2 * place)) & 3;
    return Math.max(packed & 3, (packed >> 2) & 3, (packed >> 4) & 3, packed >> 6);
  }

  /** Which layers name a service there: a bit each, in their order. */
  layers(port) {
    return this.#layers[port];
  }

  describe(port) {
    const told = transports.map((name) => `${name} ${states[this.state(port, name)]}`);
    const named = layers.filter((_, place) => (this.#layers[port] >> place) & 1);
    const said = named.length > 0 ? `named by ${named.join(", ")}` : "named by nobody";
    return `${rangeOf(port)} range, ${told.join(", ")}; ${said}`;
  }
}

function bytes(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

const official = 0b0011;
const common = 0b0100;
const site = 0b1000;

/** Each has classes, which are colours of the style sheet, and puts every port into one of them. */
export const schemes = {
  state: {
    classes: states,
    classify: (cells, port, transport) => cells.state(port, transport),
  },
  layer: {
    classes: ["in no layer", "official", "common", "official and common", "site"],
    classify(cells, port) {
      const bits = cells.layers(port);
      if (bits & site) return 4;
      return (bits & official ? 1 : 0) + (bits & common ? 2 : 0);
    },
  },
  range: {
    classes: [
      "system, assigned", "system, not assigned", "user, assigned", "user, not assigned",
      "dynamic, assigned", "dynamic, not assigned",
    ],
    classify(cells, port, transport) {
      const place = ["system", "user", "dynamic"].indexOf(rangeOf(port));
      return 2 * place + (cells.state(port, transport) === 2 ? 0 : 1);
    },
  },
};

/** How many ports of `first...last` are in each class. */
export function tally(cells, { classes, classify }, transport, first = 0, last = portCount - 1) {
  const counts = classes.map(() => 0);
  for (let port = first; port <= last; port++) counts[classify(cells, port, transport)]++;
  return counts;
}

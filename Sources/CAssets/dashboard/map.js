// The picture of all ports: a row for each high byte, a column for each low byte.

const side = 256;
const zooms = [1, 2, 4, 8, 16, 32];

/** Room for the numbers at the picture's left and top, and the least size of a mark, in CSS pixels. */
const gutter = { left: 44, top: 18 };
const markSize = 5;
const numberedFrom = 30;

/** Beyond this many the lit ports are no longer made larger than they are. */
const enlargedCount = 400;

export class PortMap {
  #canvas;
  #context;
  #picture = new OffscreenCanvas(side, side);
  #veil = new OffscreenCanvas(side, side);
  #colours = [];
  #ink = {};
  #lit = [];
  #zoom = 1;
  #left = 0;
  #top = 0;
  #cursor;
  #selected;
  #pointers = new Map();
  #drag;
  #isScheduled = false;
  #listener;

  /** The listener has `moved(port, byKeyboard)`, `opened(port)` and `zoomed(factor)`. */
  constructor(canvas, listener) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#listener = listener;
    new ResizeObserver(() => this.#schedule()).observe(canvas);
    canvas.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("focus", () => this.#moveTo(this.#cursor ?? this.#selected ?? 0, true));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#hover(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#pointers.delete(event.pointerId));
  }

  /** Paints every port in the colour, `[r, g, b]`, that `colourOf` gives. */
  paint(colourOf, ink) {
    const pixels = new ImageData(side, side);
    for (let port = 0; port < side * side; port++) {
      const colour = colourOf(port);
      this.#colours[port] = colour;
      pixels.data.set(colour, 4 * port);
      pixels.data[4 * port + 3] = 255;
    }
    this.#picture.getContext("2d").putImageData(pixels, 0, 0);
    this.#ink = ink;
    this.light(this.#lit);
  }

  /** Lights up blocks of ports, `[first, last]`, and dims the others. */
  light(blocks) {
    this.#lit = blocks;
    if (!this.#ink.paper) return;
    const pixels = new ImageData(side, side);
    for (let port = 0; port < side * side; port++) {
      pixels.data.set([...this.#ink.paper, 170], 4 * port);
    }
    for (const [first, last] of blocks) {
      for (let port = first; port <= last; port++) pixels.data.set([...this.#ink.lit, 255], 4 * port);
    }
    this.#veil.getContext("2d").putImageData(pixels, 0, 0);
    this.#schedule();
  }

  select(port) {
    this.#selected = port;
    if (port !== undefined) this.#reveal(port);
    this.#schedule();
  }

  zoomBy(step, at = this.#centre()) {
    const place = zooms.indexOf(this.#zoom) + step;
    const zoom = zooms[Math.max(0, Math.min(zooms.length - 1, place))];
    // What is under the point stays there.
    const share = this.#zoom / zoom;
    this.#left = at.column - (at.column - this.#left) * share;
    this.#top = at.row - (at.row - this.#top) * share;
    this.#zoom = zoom;
    this.#settle();
    this.#listener.zoomed(zoom);
  }

  // MARK: Geometry

  /** How the picture lies on the canvas, in CSS pixels. */
  get #frame() {
    const room = Math.min(this.#canvas.clientWidth - gutter.left, this.#canvas.clientHeight - gutter.top);
    // Cells of whole device pixels are sharp; where they waste too much room, uneven ones will do.
    const whole = (Math.floor((room * devicePixelRatio) / side) * side) / devicePixelRatio;
    const size = whole >= 0.85 * room ? whole : room;
    return { size, cell: (size / side) * this.#zoom };
  }

  #centre() {
    if (this.#cursor !== undefined && document.activeElement === this.#canvas) {
      return { column: this.#cursor % side, row: this.#cursor >> 8 };
    }
    const half = side / this.#zoom / 2;
    return { column: this.#left + half, row: this.#top + half };
  }

  /** The point under a pointer, in cells; `undefined` beside the picture. */
  #point({ offsetX, offsetY }) {
    const { size, cell } = this.#frame;
    const x = offsetX - gutter.left;
    const y = offsetY - gutter.top;
    if (x < 0 || y < 0 || x >= size || y >= size) return undefined;
    return { column: this.#left + x / cell, row: this.#top + y / cell };
  }

  #portAt(point) {
    return Math.floor(point.row) * side + Math.floor(point.column);
  }

  /** Keeps the picture within its frame. */
  #settle() {
    const most = side - side / this.#zoom;
    this.#left = Math.max(0, Math.min(most, this.#left));
    this.#top = Math.max(0, Math.min(most, this.#top));
    this.#canvas.classList.toggle("zoomed", this.#zoom > 1);
    this.#schedule();
  }

  /** Moves a zoomed picture until the port is in it. */
  #reveal(port) {
    const visible = side / this.#zoom;
    const within = (start, place) => Math.min(place, Math.max(place + 1 - visible, start));
    this.#left = within(this.#left, port % side);
    this.#top = within(this.#top, port >> 8);
    this.#settle();
  }

  // MARK: Events

  #moveTo(port, byKeyboard) {
    this.#cursor = port;
    if (byKeyboard) this.#reveal(port);
    this.#schedule();
    this.#listener.moved(port, byKeyboard);
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = this.#cursor ?? 0;
    const row = here & ~255;
    const aims = {
      ArrowLeft: here - 1, ArrowRight: here + 1, ArrowUp: here - side, ArrowDown: here + side,
      PageUp: here - 16 * side, PageDown: here + 16 * side, Home: row, End: row + side - 1,
    };
    if (event.key in aims) {
      const aim = aims[event.key];
      if (aim >= 0 && aim < side * side) this.#moveTo(aim, true);
    } else if (event.key === "Enter") {
      this.#listener.opened(here);
    } else if (event.key === "+" || event.key === "=") {
      this.zoomBy(1);
      this.#reveal(here);
    } else if (event.key === "-") {
      this.zoomBy(-1);
      this.#reveal(here);
    } else {
      return;
    }
    event.preventDefault();
  }

  #wheel(event) {
    const point = this.#point(event);
    if (!event.ctrlKey || !point) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1 : -1, point);
  }

  #down(event) {
    this.#pointers.set(event.pointerId, event);
    this.#drag = { x: event.offsetX, y: event.offsetY, left: this.#left, top: this.#top, moved: false };
    if (this.#pointers.size === 2) this.#drag.spread = this.#spread();
  }

  #spread() {
    const [one, other] = [...this.#pointers.values()];
    return Math.hypot(one.offsetX - other.offsetX, one.offsetY - other.offsetY);
  }

  #hover(event) {
    const isDown = this.#pointers.has(event.pointerId);
    if (isDown) this.#pointers.set(event.pointerId, event);
    if (isDown && this.#pointers.size === 2) return this.#pinch(event);
    if (isDown && this.#zoom > 1) {
      const x = event.offsetX - this.#drag.x;
      const y = event.offsetY - this.#drag.y;
      this.#drag.moved ||= Math.hypot(x, y) > 4;
      if (this.#drag.moved) {
        const { cell } = this.#frame;
        this.#left = this.#drag.left - x / cell;
        this.#top = this.#drag.top - y / cell;
        return this.#settle();
      }
    }
    const point = this.#point(event);
    if (point && event.pointerType === "mouse") this.#moveTo(this.#portAt(point), false);
  }

  #pinch(event) {
    this.#drag.moved = true;
    const ratio = this.#spread() / this.#drag.spread;
    if (ratio > 0.6 && ratio < 1.6) return;
    this.#drag.spread = this.#spread();
    this.zoomBy(ratio > 1 ? 1 : -1, this.#point(event));
  }

  #up(event) {
    this.#pointers.delete(event.pointerId);
    const point = this.#point(event);
    if (!point || !this.#drag || this.#drag.moved || event.button !== 0) return;
    const port = this.#portAt(point);
    // A finger covers what it points at: it chooses, and the read-out's link opens.
    if (event.pointerType === "mouse") this.#listener.opened(port);
    else this.#moveTo(port, false);
  }

  // MARK: Drawing

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    requestAnimationFrame(() => {
      this.#isScheduled = false;
      this.#draw();
    });
  }

  #draw() {
    const canvas = this.#canvas;
    const context = this.#context;
    const { size, cell } = this.#frame;
    if (size <= 0 || !this.#ink.paper) return;
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.imageSmoothingEnabled = false;
    const visible = side / this.#zoom;
    const part = [this.#left, this.#top, visible, visible, gutter.left, gutter.top, size, size];
    context.drawImage(this.#picture, ...part);
    if (this.#lit.length > 0) context.drawImage(this.#veil, ...part);
    this.#drawScale(size, cell);
    context.save();
    context.beginPath();
    context.rect(gutter.left, gutter.top, size, size);
    context.clip();
    if (cell >= numberedFrom) this.#drawNumbers(cell);
    this.#drawLit(cell);
    for (const port of [this.#selected, this.#cursor]) {
      if (port !== undefined) this.#drawRing(port, cell);
    }
    context.restore();
  }

  /** The port's corner on the canvas. */
  #corner(port, cell) {
    return [
      gutter.left + ((port % side) - this.#left) * cell, gutter.top + ((port >> 8) - this.#top) * cell,
    ];
  }

  /** Port numbers at the left, what is added to them at the top, and where ranges begin. */
  #drawScale(size, cell) {
    const context = this.#context;
    const steps = [1, 2, 4, 8, 16, 32, 64];
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = css(this.#ink.quiet);
    context.textBaseline = "middle";
    context.textAlign = "right";
    const step = steps.find((rows) => rows * cell >= 28) ?? 64;
    for (let row = Math.ceil(this.#top / step) * step; row < this.#top + size / cell; row += step) {
      const y = gutter.top + (row - this.#top + 0.5) * cell;
      context.fillText(`${row * side}`, gutter.left - 6, y);
    }
    context.textAlign = "center";
    const wide = steps.find((columns) => columns * cell >= 40) ?? 64;
    for (let column = Math.ceil(this.#left / wide) * wide; column < this.#left + size / cell;
      column += wide) {
      const x = gutter.left + (column - this.#left + 0.5) * cell;
      context.fillText(`+${column}`, x, gutter.top / 2);
    }
    for (const row of [4, 192]) {
      const y = gutter.top + (row - this.#top) * cell;
      if (y > gutter.top && y < gutter.top + size) {
        context.fillRect(gutter.left - 4, y - 0.5, size + 4, 1);
      }
    }
  }

  #drawNumbers(cell) {
    const context = this.#context;
    context.font = `${Math.min(13, cell / 3.2)}px system-ui, sans-serif`;
    context.textAlign = "center";
    const last = side - 1;
    for (let row = Math.floor(this.#top); row <= Math.min(last, this.#top + side / this.#zoom); row++) {
      const end = Math.min(last, this.#left + side / this.#zoom);
      for (let column = Math.floor(this.#left); column <= end; column++) {
        const port = row * side + column;
        const [x, y] = this.#corner(port, cell);
        const [red, green, blue] = this.#colours[port];
        const isLight = 0.3 * red + 0.59 * green + 0.11 * blue > 128;
        context.fillStyle = isLight || this.#lit.length > 0 ? css(this.#ink.ink) : "#fff";
        if (isLight && this.#lit.length === 0) context.fillStyle = "#111";
        context.fillText(`${port}`, x + cell / 2, y + cell / 2);
      }
    }
  }

  /** Few lit ports are drawn larger than they are, so that they are seen. */
  #drawLit(cell) {
    if (cell >= markSize || this.#lit.length > enlargedCount) return;
    this.#context.fillStyle = css(this.#ink.lit);
    const more = (markSize - cell) / 2;
    for (const [first, last] of this.#lit) {
      if (last > first + 2) continue;
      const [x, y] = this.#corner(first, cell);
      this.#context.fillRect(x - more, y - more, markSize, markSize);
    }
  }

  /** Two lines, one of which stands out on any colour. */
  #drawRing(port, cell) {
    const context = this.#context;
    const size = Math.max(cell, 9);
    const [x, y] = this.#corner(port, cell);
    const more = (size - cell) / 2;
    for (const [colour, width] of [[this.#ink.paper, 5], [this.#ink.ink, 2]]) {
      context.strokeStyle = css(colour);
      context.lineWidth = width;
      context.strokeRect(x - more, y - more, size, size);
    }
  }
}

const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

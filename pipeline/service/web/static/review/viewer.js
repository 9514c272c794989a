// One page image with its boxes: zoom, pan, turn, brightness. The size of the sheet is set, not scaled, so lines stay thin.
const STEP = 1.25, MOST = 6, WIDTHS = [320, 1200, 2000, 3200];
const SVG = "http://www.w3.org/2000/svg";

export class Viewer {
  constructor(stage, { url, places, onBox = () => {}, onMove = () => {} }) {
    Object.assign(this, { stage, url, places, onBox, onMove });
    this.sheet = stage.querySelector(".sheet");
    this.image = this.sheet.appendChild(document.createElement("img"));
    this.image.alt = "";
    this.image.draggable = false;
    this.svg = this.sheet.appendChild(document.createElementNS(SVG, "svg"));
    this.svg.setAttribute("viewBox", "0 0 1 1");
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("aria-hidden", "true");
    this.page = null; this.zoom = 1; this.turn = 0; this.x = 0; this.y = 0; this.light = 100; this.fitted = true;
    this.lit = new Set();
    this.#listen();
  }

  show(page, { keep = false } = {}) {
    const same = this.page?.id === page.id;
    this.page = page;
    if (!same) {
      this.turn = page.angle;
      this.width = 0;
      this.image.removeAttribute("src");
      this.image.width = page.width; this.image.height = page.height;
    }
    this.drawBoxes();
    if (!same && !keep) this.fit(); else this.place();
  }

  drawBoxes() {
    this.svg.replaceChildren();
    for (const [id, place] of Object.entries(this.places())) {
      if (place.page !== this.page?.id) continue;
      const [x, y, w, h] = place.box;
      const rect = document.createElementNS(SVG, "rect");
      // A little room around the words, so that the line does not run through them.
      const dx = 4 / this.page.width, dy = 3 / this.page.height;
      for (const [name, value] of [["x", x - dx], ["y", y - dy], ["width", w + 2 * dx], ["height", h + 2 * dy]]) rect.setAttribute(name, value);
      rect.dataset.place = id;
      rect.setAttribute("class", `box box-${place.kind}${this.lit.has(id) ? " lit" : ""}`);
      this.svg.append(rect);
    }
  }

  light_up(ids) {
    this.lit = new Set(ids);
    for (const rect of this.svg.querySelectorAll("rect[data-place]")) rect.classList.toggle("lit", this.lit.has(rect.dataset.place));
  }

  // Bring a place to the middle, large enough to read, with what surrounds it in sight.
  zoomTo(place) {
    const [x, y, w, h] = place.box, { width, height } = this.stage.getBoundingClientRect();
    const turned = this.turn % 180 !== 0;
    const bw = (turned ? h * this.page.height : w * this.page.width) || 1, bh = (turned ? w * this.page.width : h * this.page.height) || 1;
    const most = Math.max(this.#fitting(), 1400 / Math.max(this.page.width, this.page.height) * 1.3);
    this.zoom = Math.max(this.#fitting(), Math.min(most, (width * .7) / bw, (height * .45) / bh));
    this.fitted = false;
    const [cx, cy] = this.#turned((x + w / 2 - .5) * this.page.width * this.zoom, (y + h / 2 - .5) * this.page.height * this.zoom);
    this.x = -cx; this.y = -cy;
    this.place();
  }

  fit() { this.zoom = this.#fitting(); this.x = this.y = 0; this.fitted = true; this.place(); }
  rotate() { this.turn = (this.turn + 90) % 360; this.fit(); }
  zoomBy(factor, at = [0, 0]) {
    const before = this.zoom;
    this.zoom = Math.min(MOST, Math.max(this.#fitting() * .5, this.zoom * factor));
    const real = this.zoom / before;
    this.x = at[0] + (this.x - at[0]) * real; this.y = at[1] + (this.y - at[1]) * real;
    this.fitted = false;
    this.place();
  }
  zoomIn() { this.zoomBy(STEP); }
  zoomOut() { this.zoomBy(1 / STEP); }
  pan(dx, dy) { this.x += dx; this.y += dy; this.fitted = false; this.place(); }
  setLight(value) { this.light = Math.min(180, Math.max(50, value)); this.image.style.filter = this.light === 100 ? "" : `brightness(${this.light}%)`; }
  toggleBoxes() { return !this.stage.classList.toggle("no-boxes"); }

  place() {
    if (!this.page) return;
    const w = this.page.width * this.zoom, h = this.page.height * this.zoom, box = this.stage.getBoundingClientRect();
    const [tw, th] = this.turn % 180 ? [h, w] : [w, h];
    // The page never leaves the stage altogether.
    const roomX = Math.max(0, (tw - box.width) / 2 + box.width * .45), roomY = Math.max(0, (th - box.height) / 2 + box.height * .45);
    this.x = Math.min(roomX, Math.max(-roomX, this.x)); this.y = Math.min(roomY, Math.max(-roomY, this.y));
    const style = this.sheet.style;
    style.width = `${w}px`; style.height = `${h}px`;
    style.transform = `translate(-50%, -50%) translate(${this.x}px, ${this.y}px) rotate(${this.turn}deg)`;
    this.#load(w);
    this.onMove(this);
  }

  // A point of the screen as fractions of the page.
  at(clientX, clientY) {
    const box = this.stage.getBoundingClientRect();
    let dx = clientX - box.left - box.width / 2 - this.x, dy = clientY - box.top - box.height / 2 - this.y;
    const a = -this.turn * Math.PI / 180;
    [dx, dy] = [dx * Math.cos(a) - dy * Math.sin(a), dx * Math.sin(a) + dy * Math.cos(a)];
    const clamp = (v) => Math.min(1, Math.max(0, v));
    return [clamp(dx / (this.page.width * this.zoom) + .5), clamp(dy / (this.page.height * this.zoom) + .5)];
  }

  #fitting() {
    const box = this.stage.getBoundingClientRect(), turned = this.turn % 180;
    const [w, h] = turned ? [this.page.height, this.page.width] : [this.page.width, this.page.height];
    return Math.min((box.width - 16) / w, (box.height - 16) / h) || .1;
  }
  #turned(x, y) {
    const a = this.turn * Math.PI / 180;
    return [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)];
  }
  // A sharper picture is fetched beside the one shown and put in its place when it is ready: nothing flickers.
  #load(shown) {
    const wanted = Math.min(shown * Math.min(devicePixelRatio || 1, 2), this.page.width);
    const width = WIDTHS.find((each) => each >= wanted) ?? WIDTHS.at(-1);
    if (width <= this.width) return;
    const { id } = this.page, source = `${this.url}/pages/${id}.webp?w=${width}`, first = !this.width;
    this.width = width;
    if (first) { this.image.src = source; return; }
    const next = new Image();
    next.src = source;
    next.decode().then(() => { if (this.page.id === id && this.width === width) this.image.src = source; }, () => {});
  }
  // Pictures of pages that are likely next, so that turning shows them at once.
  prefetch(pages) {
    for (const page of pages) if (page) new Image().src = `${this.url}/pages/${page.id}.webp?w=1200`;
  }
  #listen() {
    const { stage } = this;
    stage.addEventListener("wheel", (event) => {
      if (!this.page) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey || !event.shiftKey) {
        const box = stage.getBoundingClientRect();
        this.zoomBy(Math.exp(-event.deltaY * .0016), [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2]);
      } else this.pan(-event.deltaY, 0);
    }, { passive: false });
    let from = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.button || this.drawing || !this.page) return;
      from = { x: event.clientX, y: event.clientY, moved: false, target: event.target };
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!from) return;
      const dx = event.clientX - from.x, dy = event.clientY - from.y;
      if (!from.moved && Math.hypot(dx, dy) < 4) return;
      Object.assign(from, { x: event.clientX, y: event.clientY, moved: true });
      stage.classList.add("dragging");
      this.pan(dx, dy);
    });
    const end = (event) => {
      if (!from) return;
      const { moved, target } = from;
      from = null;
      stage.classList.remove("dragging");
      if (!moved && event.type === "pointerup" && target.dataset?.place) this.onBox(target.dataset.place);
    };
    stage.addEventListener("pointerup", end);
    stage.addEventListener("pointercancel", end);
    stage.addEventListener("keydown", (event) => {
      const move = { ArrowUp: [0, 60], ArrowDown: [0, -60], ArrowLeft: [60, 0], ArrowRight: [-60, 0] }[event.key];
      if (!move || this.fitted || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault(); event.stopPropagation();
      this.pan(...move);
    });
    new ResizeObserver(() => { if (this.page) { if (this.fitted) this.fit(); else this.place(); } }).observe(stage);
  }
}

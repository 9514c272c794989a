// The workbench of one case: pages at left, the page in the middle, items and facts at right, everything by keyboard.
import { Viewer } from "./review/viewer.js";
import { ask, told, url } from "./review/net.js";
import { Panel } from "./review/panel.js";
import { Dock } from "./review/dock.js";
import { startDrawing } from "./review/draw.js";

const read = () => JSON.parse(document.getElementById("case-data").textContent);
let data = read();
let current = data.pages[0]?.id ?? null;
const byId = (id) => data.pages.find((page) => page.id === id);
const stage = document.getElementById("stage");
const viewer = new Viewer(stage, { url, places: () => data.places, onBox: (place) => panel.reveal(place), onMove: showZoom });
const panel = new Panel({ places: () => data.places, onPlaces: openPlaces, onDocument: openDocument });
const dock = new Dock({ refresh, revision: () => data.revision, panel });

function showPage(id, options) {
  const page = byId(id);
  if (!page) return;
  current = id;
  viewer.show(page, options);
  document.getElementById("page-title").textContent = page.title;
  document.getElementById("page-title").title = page.title;
  document.getElementById("page-note").textContent = page.note;
  const at = data.pages.indexOf(page);
  clearTimeout(showPage.soon);
  showPage.soon = setTimeout(() => viewer.prefetch([data.pages[at + 1], data.pages[at - 1]]), 400);
  const compare = document.querySelector("[data-compare]");
  if (compare) compare.href = `${url}/compare?left=${id}`;
  for (const thumb of document.querySelectorAll(".thumb")) {
    const on = thumb.dataset.page === id;
    thumb.toggleAttribute("aria-current", on);
    if (on) thumb.scrollIntoView({ block: "nearest" });
  }
}

// The places of an item or a fact: the first one is lit and brought near; asked again, the next one.
let shown = { key: "", index: -1 };
function openPlaces(ids) {
  const there = ids.filter((id) => data.places[id]);
  if (!there.length) { viewer.light_up([]); shown = { key: "", index: -1 }; return; }
  const key = there.join(" ");
  shown = { key, index: shown.key === key ? (shown.index + 1) % there.length : 0 };
  const place = data.places[there[shown.index]];
  viewer.lit = new Set(there);
  showPage(place.page, { keep: true });
  viewer.light_up(there);
  stage.classList.remove("no-boxes");
  document.querySelector('.tools [data-do="boxes"]').setAttribute("aria-pressed", "true");
  viewer.zoomTo(place);
}

function openDocument(id) {
  const page = data.pages.find((each) => each.document === id);
  if (page) showPage(page.id);
}

function showZoom() {
  const button = document.getElementById("zoom-now");
  if (button) button.textContent = viewer.fitted ? "适合" : `${Math.round(viewer.zoom * 100)}%`;
}

const turnPage = (by) => {
  const now = data.pages.findIndex((page) => page.id === current);
  const next = data.pages[now + by];
  if (next) showPage(next.id);
};

async function refresh(parts = null) {
  parts ??= await ask("/parts");
  data = parts.data;
  const kept = panel.remember();
  for (const [id, html] of Object.entries(parts.html)) document.getElementById(id).innerHTML = html;
  panel.restore(kept);
  shown = { key: "", index: -1 };
  if (byId(current)) showPage(current, { keep: true });
  else if (data.pages.length) showPage(data.pages[0].id);
  wait();
}

// While pages are being read the view asks now and then; it stops when there is nothing to wait for.
let waiting;
function wait() {
  clearTimeout(waiting);
  if (document.querySelector("[data-waiting]") && dock.closed) waiting = setTimeout(() => refresh().catch(() => {}), 4000);
}

// Asked again, a form that is being filled in stays.
function decideOn(path) {
  const open = document.querySelector("#dock .deciding");
  if (open) open.querySelector("input[type=radio]").focus();
  else if (document.querySelector('#decision-bar [data-do="decide"], #decision-bar [data-do="examine"]')) return dock.open(path);
}

const identity = () => document.getElementById("identity");
let masked = "";
const actions = {
  "page-prev": () => turnPage(-1), "page-next": () => turnPage(1),
  "zoom-in": () => viewer.zoomIn(), "zoom-out": () => viewer.zoomOut(), fit: () => viewer.fit(), rotate: () => viewer.rotate(),
  boxes: () => document.querySelector('.tools [data-do="boxes"]').setAttribute("aria-pressed", String(viewer.toggleBoxes())),
  darker: () => light(-10), lighter: () => light(10),
  help: () => { const help = document.getElementById("help"); if (!help.open) help.showModal(); },
  reveal: async (button) => {
    const form = new FormData(), before = identity().innerHTML;
    form.set("reason", button.dataset.why);
    const shown = await ask("/reveal", { form, text: true });
    masked = before; identity().innerHTML = shown;
  },
  "hide-identity": () => { identity().innerHTML = masked; },
  compare: () => location.assign(document.querySelector("[data-compare]").href),
  claim: () => document.querySelector("#claim button")?.click(),
  next: () => document.querySelector("#next-case button")?.click(),
  back: () => location.assign("/desk"),
  decide: () => (document.querySelector('[data-do="examine"]') ? actions.examine() : decideOn("/decision")),
  examine: () => decideOn("/examine"),
  edit: (button) => { const key = button?.dataset.key ?? panel.selected()?.dataset.key; if (key) dock.open(`/edit?key=${encodeURIComponent(key)}`, key); },
  rule: (button) => { const item = button?.dataset.item ?? panel.selected()?.dataset.item; if (item) dock.open(`/edit?key=${encodeURIComponent(`criterion-${item}`)}`, item); },
  accept: () => dock.judge(panel.selected(), true), reject: () => dock.judge(panel.selected(), false),
  undo: (button) => dock.undo(button?.dataset.correction ?? document.querySelector("[data-correction]")?.dataset.correction),
  draw: () => startDrawing(viewer, (box) => dock.open(`/add?page=${current}&box=${box.map((v) => v.toFixed(5)).join(",")}`)),
  close: () => dock.close(), "back-to-form": () => dock.back(),
};

function light(by) {
  const slider = document.getElementById("light");
  slider.value = String(Number(slider.value) + by);
  viewer.setLight(Number(slider.value));
}

async function act(name, button) {
  try { await actions[name]?.(button); } catch (error) { told(error.message, "bad"); }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && button.getAttribute("aria-disabled") !== "true") act(button.dataset.do, button);
  const thumb = event.target.closest(".thumb");
  if (thumb) showPage(thumb.dataset.page);
});
document.getElementById("light").addEventListener("input", (event) => viewer.setLight(Number(event.target.value)));

const keysOn = document.getElementById("keys-on");
keysOn.checked = localStorage.getItem("yushen-keys") !== "off";
keysOn.addEventListener("change", () => localStorage.setItem("yushen-keys", keysOn.checked ? "on" : "off"));

const KEYS = {
  ArrowLeft: "page-prev", ArrowRight: "page-next", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "fit", r: "rotate", b: "boxes", "[": "darker", "]": "lighter",
  v: "compare", c: "claim", n: "next", g: "back", d: "decide", e: "edit", a: "accept", x: "reject", u: "undo", p: "draw", "?": "help", "？": "help",
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") { if (viewer.drawing) viewer.drawing(); else dock.close(); return; }
  if (event.target.closest("input:not([type=range], [type=checkbox], [type=radio]), select, textarea")) return;
  if (!keysOn.checked) return;
  if (event.target.closest("[role=tablist], input") && event.key.startsWith("Arrow")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "j" || key === "k") panel.step(key === "j" ? 1 : -1);
  else if (/^[1-5]$/.test(key)) panel.tab(Number(key) - 1);
  else if (key === "e" && panel.selected()?.dataset.item) act("rule");
  else if (key in KEYS) act(KEYS[key]);
  else return;
  event.preventDefault();
});

if (current) showPage(current);
wait();

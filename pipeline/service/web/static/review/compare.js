// Two viewers; together they zoom and move as one.
import { Viewer } from "./viewer.js";
import { url } from "./net.js";

const data = JSON.parse(document.getElementById("case-data").textContent);
const pages = new Map(data.pages.map((page) => [page.id, page]));
const together = document.getElementById("together");
const viewers = [];
let following = false;

for (const pane of document.querySelectorAll("[data-side]")) {
  const viewer = new Viewer(pane.querySelector(".stage"), { url, places: () => data.places, onMove: follow });
  viewer.stage.classList.add("no-boxes");
  viewers.push(viewer);
  const choose = pane.querySelector("[data-choose]");
  const show = () => { const page = pages.get(choose.value); if (page) viewer.show(page); };
  choose.addEventListener("change", show);
  pane.querySelector(".tools").addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    ({ "zoom-in": () => viewer.zoomIn(), "zoom-out": () => viewer.zoomOut(), fit: () => viewer.fit(), rotate: () => viewer.rotate(),
      boxes: () => button.setAttribute("aria-pressed", String(viewer.toggleBoxes())) })[button.dataset.do]?.();
  });
  show();
}

function follow(moved) {
  if (following || !together.checked) return;
  following = true;
  for (const other of viewers) {
    if (other === moved || !other.page) continue;
    Object.assign(other, { zoom: moved.zoom * moved.page.width / other.page.width, x: moved.x, y: moved.y, fitted: moved.fitted });
    other.place();
  }
  following = false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "Escape" || event.key === "v") location.assign(url);
});

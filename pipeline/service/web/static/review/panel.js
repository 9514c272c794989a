// The right side: tabs, and one chosen item or fact that the keyboard moves over.
const STOPS = ".look .quote, .item, tr.fact";

export class Panel {
  constructor({ places, onPlaces, onDocument }) {
    Object.assign(this, { places, onPlaces, onDocument });
    this.root = document.getElementById("panel");
    this.root.addEventListener("click", (event) => this.#click(event));
    this.root.addEventListener("keydown", (event) => this.#tabKeys(event));
  }

  tabs() { return [...this.root.querySelectorAll("[role=tab]")]; }
  pane() { return this.root.querySelector("[role=tabpanel]:not([hidden])"); }
  selected() { return this.root.querySelector(".chosen"); }

  tab(index, focus = true) {
    const tabs = this.tabs(), tab = tabs[index];
    if (!tab) return;
    for (const each of tabs) {
      const on = each === tab;
      each.setAttribute("aria-selected", String(on));
      each.tabIndex = on ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !on;
    }
    if (focus) tab.focus();
  }

  choose(element, { focus = true, open = false } = {}) {
    this.selected()?.classList.remove("chosen");
    if (!element) return;
    element.classList.add("chosen");
    element.scrollIntoView({ block: "nearest" });
    if (focus) (element.matches("button") ? element : element.querySelector("button"))?.focus({ preventScroll: true });
    if (open) this.onPlaces((element.dataset.places ?? "").split(" ").filter(Boolean));
  }

  step(by) {
    const stops = [...this.pane().querySelectorAll(STOPS)].filter((each) => each.offsetParent);
    if (!stops.length) return;
    const now = stops.indexOf(this.selected());
    const next = now < 0 ? (by > 0 ? 0 : stops.length - 1) : Math.min(stops.length - 1, Math.max(0, now + by));
    this.choose(stops[next], { open: true });
  }

  // A box was clicked: what points at it, an item in sight first, else the fact in its table.
  reveal(place) {
    const having = [...this.root.querySelectorAll("[data-places]")].filter((each) => each.dataset.places.split(" ").includes(place));
    const found = having.find((each) => each.matches("tr.fact")) ?? having.find((each) => each.matches(".item")) ?? having[0];
    if (!found) return;
    const pane = found.closest("[role=tabpanel]");
    if (pane?.hidden) this.tab(this.tabs().findIndex((tab) => tab.getAttribute("aria-controls") === pane.id), false);
    found.closest("details")?.setAttribute("open", "");
    this.choose(found.closest("tr.fact, .item") ?? found, { focus: false });
    this.onPlaces(found.dataset.places.split(" ").filter((each) => each === place));
  }

  remember() {
    const chosen = this.selected(), pane = this.pane();
    return { tab: this.tabs().findIndex((tab) => tab.ariaSelected === "true" || tab.getAttribute("aria-selected") === "true"),
      top: pane?.scrollTop ?? 0, key: chosen?.dataset.key, item: chosen?.dataset.item, open: [...this.root.querySelectorAll("details[open] > summary")].map((each) => each.textContent) };
  }

  restore({ tab, top, key, item, open }) {
    this.tab(Math.max(0, tab), false);
    for (const summary of this.root.querySelectorAll("details > summary")) if (open.includes(summary.textContent)) summary.parentElement.open = true;
    const pane = this.pane();
    if (pane) pane.scrollTop = top;
    const again = [...this.root.querySelectorAll("[data-key], [data-item]")].find((each) => (key && each.dataset.key === key && each.matches("tr")) || (item && each.dataset.item === item && each.matches("li")));
    if (again) again.classList.add("chosen");
  }

  #click(event) {
    const tab = event.target.closest("[role=tab]");
    if (tab) { this.tab(this.tabs().indexOf(tab)); return; }
    if (event.target.closest("[data-do], a, summary")) return;
    const row = event.target.closest("[data-document]");
    if (row) { this.choose(row.closest("tr"), { focus: false }); this.onDocument(row.dataset.document); return; }
    const target = event.target.closest("[data-places]");
    if (!target || getSelection().toString()) return;
    this.choose(target.closest("tr.fact, .item") ?? target, { focus: false });
    this.onPlaces(target.dataset.places.split(" ").filter(Boolean));
  }

  #tabKeys(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !event.target.matches("[role=tab]")) return;
    const tabs = this.tabs();
    this.tab((tabs.indexOf(event.target) + by + tabs.length) % tabs.length);
    event.preventDefault();
  }
}

// The panel at the foot of the right side: forms of the server for corrections and decisions, sent without leaving the page.
import { ask, told } from "./net.js";

export class Dock {
  constructor({ refresh, revision, panel }) {
    Object.assign(this, { refresh, revision, panel });
    this.root = document.getElementById("dock");
    this.root.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); this.#send(event.target, event.submitter); });
    this.root.addEventListener("change", (event) => this.#dependent(event.target));
  }

  get closed() { return this.root.hidden; }

  async open(path) {
    this.#fill(await ask(path, { text: true }));
  }

  close() {
    if (this.root.hidden) return;
    this.root.hidden = true;
    this.root.replaceChildren();
    document.querySelector(".panel").classList.remove("docked");
    (this.panel.selected()?.querySelector("button") ?? document.getElementById("stage")).focus({ preventScroll: true });
  }

  // Accept or reject the chosen fact as evidence.
  async judge(row, accepted) {
    const key = row?.dataset.key;
    if (!key) { told("先选中一条事实，再认可或不采信。", "warn"); return; }
    const form = new FormData();
    for (const [name, value] of Object.entries({ kind: "evidence", target: key, accepted: accepted ? "1" : "0" })) form.set(name, value);
    await this.#post("/corrections", form, accepted ? "已认可这条事实。" : "已不采信这条事实。");
  }

  async undo(correction) {
    if (!correction) { told("没有可以撤销的更正。", "warn"); return; }
    const form = new FormData();
    form.set("correction", correction);
    await this.#post("/corrections/undo", form, "已撤销。");
  }

  #fill(html) {
    this.root.innerHTML = html;
    this.root.hidden = false;
    document.querySelector(".panel").classList.add("docked");
    for (const each of this.root.querySelectorAll("[data-when]")) this.#dependent(each);
    for (const each of this.root.querySelectorAll("select, input[type=radio]:checked")) this.#dependent(each);
    this.root.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  }

  // The step that asks once more stands in the place of the form, which waits behind it as it was filled in.
  #confirm(form, html) {
    form.hidden = true;
    const part = document.createElement("div");
    part.id = "confirm-part";
    part.innerHTML = html;
    this.root.append(part);
    part.querySelector("h2").focus();
  }

  back() {
    document.getElementById("confirm-part")?.remove();
    const form = this.root.querySelector("form[hidden]");
    if (form) { form.hidden = false; form.querySelector("button:not([type])")?.focus(); }
  }

  async #send(form, submitter) {
    const body = new FormData(form, submitter);
    const path = submitter?.dataset.path ?? form.dataset.path;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    try {
      if (form.dataset.then === "confirm") this.#confirm(form, await ask(path, { form: this.#with(body), text: true }));
      else await this.#post(path, body, form.dataset.said ?? "已保存，已重新核对。");
    } catch (error) {
      told(error.message, "bad");
    } finally {
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    }
  }

  #with(form) {
    if (!form.has("revision")) form.set("revision", String(this.revision()));
    return form;
  }

  async #post(path, form, said) {
    const answer = await ask(path, { form: this.#with(form) });
    if (answer.go) { location.assign(answer.go); return; }
    await this.refresh(answer);
    if (answer.open) await this.open(answer.open);
    else this.close();
    told(answer.said ?? said);
  }

  // <div data-when="name=a|b"> is shown while the field called name has one of the values; what is hidden is not sent.
  #dependent(changed) {
    const form = changed.closest?.("form");
    if (!form) return;
    for (const part of form.querySelectorAll("[data-when]")) {
      const [name, values] = part.dataset.when.split("=");
      const on = values.split("|").includes(new FormData(form).get(name) ?? "");
      part.hidden = !on;
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = !on;
    }
  }
}

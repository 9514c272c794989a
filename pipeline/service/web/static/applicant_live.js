// Parts of a page that update themselves. The server makes their HTML; here it is only fetched and put in place.
"use strict";

(() => {
  const live = document.querySelector("#live");
  if (!live) return;
  const said = document.querySelector("#said");
  const BUSY = 1500;
  const QUIET = 20_000;
  let etag = "";
  let failures = 0;
  let timer = 0;
  let asking = null;
  let again = false;

  const tell = (text) => {
    if (said && said.textContent !== text) said.textContent = text;
  };
  const part = () => live.querySelector(".live-part");
  const next = document.querySelector("#next");
  const told = () => {
    tell(part()?.dataset.said ?? "");
    next?.classList.toggle("primary", part()?.dataset.busy === "0" && Boolean(live.querySelector(".file")));
  };
  const name = (element) => element?.getAttribute("aria-label") ?? element?.getAttribute("href") ?? "";

  const put = (html) => {
    const inside = live.contains(document.activeElement) ? document.activeElement : null;
    const home = inside?.closest("[id]")?.id;
    const label = name(inside);
    live.innerHTML = html;
    if (!inside) return;
    // The keyboard stays where it was: on the same button of the same file, else on the list.
    const place = (home && document.getElementById(home)) || live;
    const same = [...place.querySelectorAll("a, button")].find((element) => label && name(element) === label && !element.disabled);
    const target = same ?? place.querySelector("button:not(:disabled), a") ?? live;
    if (target === live) live.tabIndex = -1;
    target.focus({ preventScroll: true });
  };

  const ask = async () => {
    const response = await fetch(live.dataset.live, {
      headers: { "If-None-Match": etag, Accept: "text/html" },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
    });
    if (response.type === "opaqueredirect") {
      location.reload(); // the session is over: the server leads on
      return;
    }
    if (response.status === 200) {
      etag = response.headers.get("ETag") ?? "";
      put(await response.text());
    } else if (response.status !== 304) throw new Error(String(response.status));
    told();
  };

  const refresh = () => {
    clearTimeout(timer);
    again = asking !== null; // what is on its way was made before whatever just changed
    asking ??= ask()
      .then(() => (failures = 0))
      .catch(() => {
        failures += 1;
        if (failures === 3) tell("网络不通，连上会自动更新");
      })
      .finally(() => {
        asking = null;
        if (again) refresh();
        else plan();
      });
    return asking;
  };

  const plan = () => {
    const pause = part()?.dataset.busy === "1" ? BUSY : QUIET;
    timer = setTimeout(() => (document.hidden ? plan() : refresh()), Math.min(60_000, pause * 2 ** failures));
  };

  // Moving and deleting without leaving the page.
  live.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    const question = event.submitter?.dataset.confirm;
    event.preventDefault();
    if (question && !window.confirm(question)) return;
    try {
      const body = new FormData(form);
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error((await response.json()).message);
      await asking; // what it brings was made before the change
      await refresh();
    } catch (error) {
      tell(error instanceof SyntaxError || error instanceof TypeError ? "网络不通，没有改成，请再试" : error.message);
    }
  });

  (window.yushen ??= {}).refresh = refresh;
  window.addEventListener("online", refresh);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  told();
  plan();
})();

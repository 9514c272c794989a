// A replay under way: asks how far it is, and shows the result when there is one. Without a script a reload does the same.
"use strict";

(() => {
  const waiting = document.querySelector("[data-progress]");
  if (!waiting) return;
  const EVERY = 2000;
  const words = (number) => number.toLocaleString("en-US");

  const ask = async () => {
    let told = null;
    try {
      const response = await fetch(waiting.dataset.progress, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
      if (response.type === "opaqueredirect") {
        location.reload(); // the session is over: the server leads on
        return;
      }
      if (response.ok) told = await response.json();
    } catch {
      told = null; // the network is gone for a moment
    }
    if (told && told.state !== "running") {
      location.reload();
      return;
    }
    if (told) {
      waiting.querySelector("[data-done]").textContent = words(told.done);
      if (told.total) {
        const bar = waiting.querySelector("progress");
        bar.max = told.total;
        bar.value = told.done;
      }
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);
})();

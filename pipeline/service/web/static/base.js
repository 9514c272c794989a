// What every page needs: the large-type switch without a reload, forms that are not sent twice, questions before what cannot be undone.
"use strict";

(() => {
  const root = document.documentElement;

  for (const form of document.querySelectorAll("form.large-switch")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const on = root.classList.toggle("large");
      document.cookie = `yushen_large=${on ? "1" : "0"}; path=/; max-age=31536000; samesite=lax`;
      form.querySelector("button").setAttribute("aria-pressed", String(on));
    });
  }

  // A second click on a slow network must not send the form twice. Coming back with the browser's button wakes it again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.matches("form[data-many]")) return;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // <select data-submit> and the like send their form when changed; the button stays for those without a script.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  // <button data-copy="#id"> copies the text of an element and says so.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = "已复制";
    } catch {
      getSelection().selectAllChildren(source);
      button.textContent = "已选中，请按复制";
    }
  });

  for (const element of document.querySelectorAll("[data-print]")) element.addEventListener("click", () => window.print());
})();

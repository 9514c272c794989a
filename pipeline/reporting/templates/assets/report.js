/* Comfort only: without it every link still lands on the page with its box lit (:target). */
(function () {
  "use strict";
  var doc = document, root = doc.body, viewer = doc.getElementById("viewer");
  var stage = viewer.querySelector(".stage"), caption = viewer.querySelector(".cap");
  var figures = Array.prototype.slice.call(doc.querySelectorAll("figure.page"));
  var at = -1, zoom = 1, from = null;

  function all(selector, run) { Array.prototype.forEach.call(doc.querySelectorAll(selector), run); }

  function size() {
    var sheet = stage.querySelector(".sheet");
    if (!sheet) { return; }
    var ratio = sheet.dataset.ratio, room = stage.clientWidth - 32, tall = stage.clientHeight - 32;
    sheet.style.width = Math.round(Math.max(120, Math.min(room, tall * ratio * 1.35) * zoom)) + "px";
  }

  function show(index, box) {
    if (index < 0 || index >= figures.length) { return; }
    at = index;
    var figure = figures[index], sheet = figure.querySelector(".sheet").cloneNode(true), lit = null;
    var ratio = sheet.style.aspectRatio.split("/");
    sheet.dataset.ratio = parseFloat(ratio[0]) / parseFloat(ratio[1] || "1");
    Array.prototype.forEach.call(sheet.querySelectorAll(".box"), function (one) {
      if (one.id === box) { one.classList.add("lit"); lit = one; }
      one.removeAttribute("id"); one.removeAttribute("href");
    });
    stage.textContent = "";
    stage.appendChild(sheet);
    caption.textContent = figure.querySelector("figcaption").textContent.replace(/\s+/g, " ").trim();
    viewer.querySelector("[data-do=prev]").disabled = index === 0;
    viewer.querySelector("[data-do=next]").disabled = index === figures.length - 1;
    if (!viewer.open) { viewer.showModal(); }
    size();
    if (lit) { lit.scrollIntoView({ block: "center", inline: "center" }); } else { stage.scrollTop = 0; }
  }

  function scale(factor) {
    var x = (stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth, y = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;
    zoom = factor === 0 ? 1 : Math.min(6, Math.max(0.4, zoom * factor));
    size();
    stage.scrollLeft = x * stage.scrollWidth - stage.clientWidth / 2;
    stage.scrollTop = y * stage.scrollHeight - stage.clientHeight / 2;
  }

  function tab(id) {
    all(".disease", function (one) { one.hidden = id !== null && one.id !== id; });
    all("[data-tab]", function (link) {
      if (link.dataset.tab === id) { link.setAttribute("aria-current", "true"); } else { link.removeAttribute("aria-current"); }
    });
  }

  doc.addEventListener("click", function (event) {
    var target = event.target.closest("[data-do],[data-tab],a[href^='#']");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    var action = target.dataset.do;
    if (action === "close") { viewer.close(); }
    if (action === "in") { scale(1.3); }
    if (action === "out") { scale(1 / 1.3); }
    if (action === "fit") { scale(0); }
    if (action === "prev") { show(at - 1, null); }
    if (action === "next") { show(at + 1, null); }
    if (action === "print") { window.print(); }
    if (action === "open-all") { all("details", function (one) { one.open = true; }); }
    if (action) { return; }
    if (target.dataset.tab) { tab(target.dataset.tab); return; }
    var id = target.getAttribute("href").slice(1), place = id && doc.getElementById(id);
    if (!place) { return; }
    var figure = place.closest("figure.page");
    if (figure && viewer.showModal) {
      event.preventDefault();
      from = target;
      show(figures.indexOf(figure), place.classList.contains("box") ? id : null);
      return;
    }
    var hidden = place.closest(".disease[hidden]");
    if (hidden) { tab(hidden.id); }
    if (place.classList.contains("disease")) { tab(doc.querySelector("[data-tab]") ? id : null); }
  });

  viewer.addEventListener("close", function () { stage.textContent = ""; zoom = 1; if (from) { from.focus(); } });
  doc.addEventListener("keydown", function (event) {
    if (!viewer.open) { return; }
    if (event.key === "+" || event.key === "=") { scale(1.3); }
    if (event.key === "-") { scale(1 / 1.3); }
    if (event.key === "0") { scale(0); }
    if (event.key === "PageDown" || event.key === "]") { show(at + 1, null); event.preventDefault(); }
    if (event.key === "PageUp" || event.key === "[") { show(at - 1, null); event.preventDefault(); }
  });
  window.addEventListener("resize", size);

  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = [];
    all("details:not(.block)", function (one) { if (!one.open) { opened.push(one); one.open = true; } });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (one) { one.open = false; }); });
  all(".tools", function (tools) { tools.hidden = false; });
  var pages = doc.getElementById("with-pages");
  pages.addEventListener("change", function () { root.classList.toggle("with-pages", pages.checked); });
  var first = doc.querySelector("[data-tab]");
  if (first) { tab(first.dataset.tab); }
  // An address that names a place (report.html#e5) opens the viewer on it.
  var named = location.hash.length > 1 && doc.getElementById(location.hash.slice(1));
  if (named && named.classList.contains("box") && viewer.showModal) { show(figures.indexOf(named.closest("figure.page")), named.id); }
})();

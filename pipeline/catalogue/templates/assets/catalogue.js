/* Comfort only: without it the list, the anchors and every page are complete. It loads nothing and sends nothing. */
(function () {
  "use strict";
  var doc = document;
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }
  function get(id) { return doc.getElementById(id); }
  all(".by-script").forEach(function (one) { one.hidden = false; });

  /* Large type goes along from page to page in the address; nothing is stored. */
  var large = get("large");
  function carry() {
    all("a[href]").forEach(function (link) {
      var href = link.getAttribute("href");
      if (href.charAt(0) === "#") { return; }
      var parts = href.split("#"), plain = parts[0].split("?")[0];
      link.setAttribute("href", plain + (large.checked ? "?large" : "") + (parts[1] ? "#" + parts[1] : ""));
    });
  }
  if (/[?&]large\b/.test(location.search)) { large.checked = true; }
  large.addEventListener("change", carry);
  window.addEventListener("pageshow", carry);

  /* Values with days: which one holds today. */
  var now = new Date(), two = function (n) { return (n < 10 ? "0" : "") + n; };
  var today = now.getFullYear() + "-" + two(now.getMonth() + 1) + "-" + two(now.getDate());
  all(".days[data-from]").forEach(function (one) {
    if (one.dataset.from <= today && (!one.dataset.to || today <= one.dataset.to)) { one.classList.add("now"); }
  });

  var coming = get("coming");
  if (coming && coming.dataset.from <= today) { coming.hidden = true; }

  var list = get("checklist");
  if (list) { checklist(list); }
  if (get("find")) { search(get("find")); }

  function checklist(root) {
    var key = "yushen.checklist." + root.dataset.key, boxes = all("input[type=checkbox]", root);
    function read() { try { var kept = JSON.parse(localStorage.getItem(key)); return Array.isArray(kept) ? kept : []; } catch (e) { return []; } }
    function keep() {
      var ticked = boxes.filter(function (box) { return box.checked; }).map(function (box) { return box.value; });
      try { if (ticked.length) { localStorage.setItem(key, JSON.stringify(ticked)); } else { localStorage.removeItem(key); } } catch (e) { /* private window: the ticks stay for this visit */ }
      get("ticked").textContent = ticked.length ? "已勾 " + ticked.length + " 项，共 " + boxes.length + " 项" : "";
    }
    function restore() { var kept = read(); boxes.forEach(function (box) { box.checked = kept.indexOf(box.value) >= 0; }); keep(); }
    restore();
    root.addEventListener("change", keep);
    window.addEventListener("pageshow", function (event) { if (event.persisted) { restore(); } });
    get("untick").addEventListener("click", function () { if (!window.confirm("清空这一页的勾选？")) { return; } boxes.forEach(function (box) { box.checked = false; }); keep(); });
    get("print").addEventListener("click", function () { window.print(); });
  }

  function search(form) {
    var box = get("q"), found = get("found"), more = get("more"), wide = false;
    var groups = all(".group"), filters = all("input[name=class]", form);
    var entries = all(".entry").map(function (node) {
      return {
        node: node, group: node.closest(".group").id, number: node.dataset.number, why: node.querySelector(".why"),
        names: node.dataset.names, codes: node.dataset.codes.split("|").filter(Boolean), words: node.dataset.words
      };
    });
    form.hidden = false;
    get("jump").hidden = true;

    /* As search_text.fold: full width to half width, small letters, blanks and marks out. */
    function fold(text) { return text.normalize("NFKC").toLowerCase().replace(/[\s,，.。;；:：、·“”"'‘’()（）\[\]【】《》<>〈〉\/|\-–—~～]+/g, ""); }
    function exact(entry, word) {
      if (/^\d{1,3}$/.test(word)) { return entry.number === String(parseInt(word, 10)); }
      var code = /^[a-z]\d/.test(word);
      return entry.names.indexOf(word) >= 0 || code && entry.codes.some(function (one) { return one.indexOf(word) === 0 || word.indexOf(one) === 0; });
    }
    function mentions(entry, word) { return exact(entry, word) || entry.words.indexOf(word) >= 0; }

    function run() {
      var words = box.value.split(/\s+/).map(fold).filter(Boolean);
      var chosen = filters.filter(function (one) { return one.checked; })[0], group = chosen ? chosen.value : "*";
      var inside = entries.filter(function (entry) { return group === "*" || entry.group === group; });
      var first = inside.filter(function (entry) { return words.every(function (word) { return exact(entry, word); }); });
      var rest = inside.filter(function (entry) { return first.indexOf(entry) < 0 && words.every(function (word) { return mentions(entry, word); }); });
      /* A number that is one of the list's is meant as such; digits stand in every other item. */
      if (first.length && words.length === 1 && /^\d{1,2}$/.test(words[0])) { rest = []; }
      var open = wide || !first.length, shown = open ? first.concat(rest) : first;
      entries.forEach(function (entry) { entry.node.hidden = shown.indexOf(entry) < 0; entry.why.hidden = rest.indexOf(entry) < 0; });
      groups.forEach(function (one) {
        var count = all(".entry", one).filter(function (node) { return !node.hidden; }).length;
        one.hidden = !count;
        one.querySelector(".n").textContent = count + " 个";
      });
      get("none").hidden = shown.length > 0;
      more.hidden = open || !rest.length;
      more.textContent = "另有 " + rest.length + " 个病种的条目里提到，也看看";
      found.textContent = words.length || group !== "*" ? "找到 " + shown.length + " 个病种" + (words.length && !first.length && rest.length ? "（病名和编码里没有，条目里提到）" : "") : "";
    }
    function reset() { wide = false; run(); }
    box.addEventListener("input", reset);
    form.addEventListener("change", reset);
    form.addEventListener("submit", function (event) { event.preventDefault(); box.blur(); });
    more.addEventListener("click", function () { wide = true; run(); });
    get("clear").addEventListener("click", function () { box.value = ""; if (filters[0]) { filters[0].checked = true; } reset(); box.focus(); });
    window.addEventListener("pageshow", run);
    run();
  }
})();

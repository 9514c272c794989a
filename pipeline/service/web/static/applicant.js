// What several of the applicant's pages need: the search among diseases, the picture of the codes, leaving.
"use strict";

(() => {
  const yushen = (window.yushen ??= {});
  document.documentElement.classList.add("js");
  for (const element of document.querySelectorAll(".by-script[hidden], form.find[hidden]")) element.hidden = false;

  // A form that came back with mistakes says so at once.
  document.querySelector("#mistakes")?.focus();

  // The same folding as pipeline/catalogue/search_text.py.
  const DROP = /[\s,，.。;；:：、·“”"'‘’()（）[\]【】《》<>〈〉/|\-–—~～]+/g;
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(DROP, "");

  const box = document.querySelector("#q");
  const entries = [...document.querySelectorAll("#diseases [data-search]")];
  if (box && entries.length) {
    const found = document.querySelector("#found");
    let told = 0;
    const search = () => {
      const wanted = fold(box.value);
      let count = 0;
      for (const entry of entries) {
        entry.hidden = wanted !== "" && !entry.dataset.search.includes(wanted);
        count += entry.hidden ? 0 : 1;
      }
      document.querySelector("#diseases").classList.toggle("searching", wanted !== "");
      const none = count === 0;
      if (none) for (const entry of entries) entry.hidden = false;
      for (const group of document.querySelectorAll(".disease-group")) {
        group.hidden = !group.querySelector("[data-search]:not([hidden])");
      }
      // Told after a pause, or a screen reader would read every letter's count.
      clearTimeout(told);
      told = setTimeout(() => {
        found.textContent = wanted === "" ? "" : none ? "没有找到，换个说法试试。下面是全部病种" : `找到 ${count} 种`;
      }, 300);
    };
    box.addEventListener("input", search);
    box.form.addEventListener("submit", (event) => {
      event.preventDefault();
      search();
    });
    if (box.value) search();
  }

  // The codes as a picture to keep among the photographs, drawn here: they are never sent again.
  const codes = document.querySelector("#codes");
  document.querySelector("#save-picture")?.addEventListener("click", () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [1080, 720];
    const pen = canvas.getContext("2d");
    const family = getComputedStyle(document.body).fontFamily;
    const write = (text, y, font, colour) => {
      pen.font = `${font} ${family}`;
      pen.fillStyle = colour;
      pen.fillText(text, 60, y, 960);
    };
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    write("门诊慢特病申请", 100, "600 44px", "#1b2127");
    write("受理号", 200, "36px", "#505a64");
    write(codes.dataset.serial, 270, "700 68px", "#1b2127");
    write("查询码", 380, "36px", "#505a64");
    write(codes.dataset.code, 460, "700 84px", "#1b2127");
    write("查进度、补材料时要用，请不要告诉别人", 580, "36px", "#505a64");
    write(location.origin + "/query", 650, "32px", "#505a64");
    // A data: address: some browsers inside other programs cannot keep a blob: one by a long press.
    const address = canvas.toDataURL("image/png");
    const image = Object.assign(new Image(), { src: address, alt: "受理号和查询码的图片" });
    document.querySelector("#picture").replaceChildren("图片做好了。没有自动存下来的，请长按图片保存。", image);
    Object.assign(document.createElement("a"), { href: address, download: "shouli.png" }).click();
  });

  // Leaving takes photographs that were never sent along.
  document.querySelector("#leave")?.addEventListener("submit", () => {
    sessionStorage.clear();
    try {
      indexedDB.deleteDatabase("yushen");
    } catch {
      // A browser without it has nothing to delete.
    }
  });

  yushen.token = document.querySelector('#leave input[name="csrf"]')?.value ?? "";
})();

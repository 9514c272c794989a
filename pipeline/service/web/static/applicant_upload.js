// Sends photographs one by one: each made smaller, tried again for as long as the network is away, and told about.
"use strict";

(() => {
  const { shrink, keep, token } = window.yushen;
  const form = document.querySelector("#upload");
  if (!form) return;
  const section = document.querySelector("#sending");
  const list = section.querySelector("ul");
  const said = document.querySelector("#sending-said");
  const side = Number(form.dataset.maxSide);
  const most = Number(form.dataset.maxBytes);
  const AT_ONCE = 2;
  const LONGEST_WAIT = 60_000;
  // Files of one batch stand in the order in which they were chosen, whichever arrives first.
  const batch = crypto.randomUUID?.() ?? `${Date.now()}-${Math.floor(Math.random() * 1e9)}`;
  let places = 0;
  const jobs = new Map();
  let running = 0;
  let sent = 0;

  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const tell = () => {
    const left = [...jobs.values()].filter((job) => job.state !== "refused").length;
    const refused = jobs.size - left;
    keep.count = left;
    section.hidden = jobs.size === 0;
    const parts = [];
    if (left) parts.push(`还有 ${left} 份在上传，请不要关掉这一页`);
    else if (sent) parts.push(`${sent} 份都传好了`);
    if (refused) parts.push(`${refused} 份没有传上`);
    if (!navigator.onLine && left) parts.push("网络断了，连上会自动接着传");
    const text = parts.join("；");
    if (said.textContent !== text) said.textContent = text;
  };

  const show = (job, text) => {
    job.text.textContent = text;
    job.bar.hidden = job.state !== "sending";
    job.again.hidden = job.state === "sending" || job.state === "preparing";
  };

  const drop = (job) => {
    clearTimeout(job.timer);
    job.request?.abort();
    jobs.delete(job.id);
    keep.drop(job.id);
    job.row.remove();
    tell();
  };

  const refuse = (job, why) => {
    job.state = "refused";
    keep.drop(job.id); // trying again after a reload would not help either
    show(job, `没有传上：${why}`);
    tell();
  };

  const wait = (job, seconds) => {
    job.tries += 1;
    job.state = "waiting";
    const pause = Math.min(LONGEST_WAIT, Math.max(1000 * 2 ** (job.tries - 1), seconds * 1000)) * (0.75 + Math.random() / 2);
    show(job, navigator.onLine ? `没有传成，${Math.ceil(pause / 1000)} 秒后再试（第 ${job.tries} 次）` : "网络断了，连上会自动接着传");
    job.timer = setTimeout(() => ready(job), pause);
    tell();
  };

  const ready = (job) => {
    clearTimeout(job.timer);
    if (job.state === "sending" || !jobs.has(job.id)) return;
    job.state = "ready";
    show(job, "等待上传");
    next();
  };

  const next = () => {
    for (const job of jobs.values()) {
      if (running >= AT_ONCE) return;
      if (job.state === "ready") send(job);
    }
  };

  const send = (job) => {
    running += 1;
    job.state = "sending";
    job.bar.value = 0;
    show(job, "正在上传");
    tell();
    const body = new FormData();
    body.append("files", job.file, job.file.name);
    body.append("batch", job.at.batch);
    body.append("place", job.at.place);
    if (job.replaces) body.append("replaces", job.replaces);
    const request = (job.request = new XMLHttpRequest());
    request.open("POST", "/case/files");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) {
        job.bar.value = event.loaded / event.total;
        job.text.textContent = `正在上传 ${Math.round(job.bar.value * 100)}%`;
      }
    };
    request.onloadend = () => {
      running -= 1;
      job.request = null;
      if (jobs.has(job.id)) answer(job, request);
      next();
    };
    request.send(body);
  };

  const answer = (job, request) => {
    const { status } = request;
    if (status >= 200 && status < 300) {
      sent += 1;
      drop(job);
      window.yushen.refresh?.();
      const left = [...jobs.values()].some((other) => other.state !== "refused");
      if (form.dataset.then && !left && !jobs.size) location.assign(form.dataset.then);
      return;
    }
    if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) {
      wait(job, Number(request.getResponseHeader("Retry-After")) || 0);
      return;
    }
    let told = {};
    try {
      told = JSON.parse(request.responseText);
    } catch {
      // a proxy's own page
    }
    if (status === 401) {
      // The photograph stays kept: it goes on once the case is open again.
      job.state = "waiting";
      show(job, "时间太久，已自动退出。请重新打开申请，会接着传。");
      job.again.hidden = true;
      job.row.append(make("a", { className: "button", href: "/query", textContent: "重新打开申请" }));
      return;
    }
    refuse(job, told.message ?? (status === 413 ? "文件太大" : "请换一张再试"));
  };

  const add = async (file, replaces, at, id = null) => {
    const job = { id: id ?? crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, file, replaces, at, state: "preparing", tries: 0 };
    job.text = make("p", { className: "soft" });
    job.bar = make("progress", { max: 1, value: 0 });
    job.bar.setAttribute("aria-label", `上传 ${file.name}`);
    job.again = make("button", { type: "button", className: "quiet", textContent: "现在再试", hidden: true });
    job.again.addEventListener("click", () => ready(job));
    const off = make("button", { type: "button", className: "quiet", textContent: "不传了" });
    off.setAttribute("aria-label", `不传 ${file.name}`);
    off.addEventListener("click", () => drop(job));
    job.row = make("li", {}, make("p", { className: "name", textContent: file.name }), job.text, job.bar, make("div", { className: "row" }, job.again, off));
    jobs.set(job.id, job);
    list.append(job.row);
    show(job, "正在准备");
    tell();
    if (id === null) {
      job.file = await shrink(file, side);
      await keep.put(job.id, job.file, { replaces, at });
    }
    if (!jobs.has(job.id)) {
      keep.drop(job.id);
      return;
    }
    if (job.file.size > most) refuse(job, `文件太大，请不要超过 ${Math.floor(most / 1048576)} MB`);
    else ready(job);
  };

  // One after another: a phone has no memory for ten photographs drawn at once.
  let line = Promise.resolve();
  const take = (files) => {
    const replaces = form.elements.replaces?.value ?? "";
    for (const file of [...files]) {
      const at = { batch, place: places++ };
      line = line.then(() => add(file, replaces, at));
    }
    section.scrollIntoView({ block: "nearest" });
  };

  for (const input of form.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      take(input.files);
      input.value = ""; // the same file can be chosen again
    });
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      form.querySelector(".pick:last-of-type").classList.toggle("over", kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files);
    });
  }
  window.addEventListener("online", () => {
    for (const job of jobs.values()) if (job.state === "waiting") ready(job);
    tell();
  });
  window.addEventListener("offline", tell);
  window.addEventListener("beforeunload", (event) => {
    if ([...jobs.values()].some((job) => job.state !== "refused")) event.preventDefault();
  });

  (async () => {
    const before = keep.count;
    const kept = await keep.all();
    kept.sort((one, other) => one.at.place - other.at.place);
    for (const { id, file, replaces, at } of kept) await add(file, replaces, at, id);
    if (before > kept.length) {
      section.hidden = false;
      list.append(make("li", { className: "why", textContent: `上次有 ${before - kept.length} 份没有传完，页面关掉时丢了，请重新选一下。` }));
    }
    if (!kept.length) keep.count = 0;
  })();
})();

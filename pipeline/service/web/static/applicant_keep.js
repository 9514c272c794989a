// Photographs not sent yet outlive a reload: many phones throw the page away while the camera is open.
//
// They are kept encrypted, and the key only for this tab: when it is closed nobody can read what is left, and the next
// visit deletes it. Where the browser cannot encrypt (no HTTPS) nothing is kept, only how many were not sent.
"use strict";

(() => {
  const yushen = (window.yushen ??= {});
  const KEY = "yushen-key";
  // Which case the photographs are for: one tab may open another case after this one.
  const CASE = document.querySelector("#upload")?.dataset.case ?? "";
  const COUNT = `yushen-unsent-${CASE}`;
  const able = Boolean(window.indexedDB && window.crypto?.subtle);

  const asked = (request) =>
    new Promise((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error);
    });

  const store = async (mode) => {
    const opening = indexedDB.open("yushen", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("unsent", { keyPath: "id" });
    const base = await asked(opening);
    base.onversionchange = () => base.close(); // leaving deletes it
    return base.transaction("unsent", mode).objectStore("unsent");
  };

  const key = async () => {
    const kept = sessionStorage.getItem(KEY);
    if (kept) return crypto.subtle.importKey("jwk", JSON.parse(kept), "AES-GCM", true, ["encrypt", "decrypt"]);
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
    sessionStorage.setItem(KEY, JSON.stringify(await crypto.subtle.exportKey("jwk", made)));
    return made;
  };

  // A browser may refuse any of these (private mode, no space): then a photograph is simply not kept.
  yushen.keep = {
    async put(id, file, about) {
      if (!able) return;
      try {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const head = new TextEncoder().encode(JSON.stringify({ name: file.name, type: file.type, ...about, for: CASE }));
        const plain = new Uint8Array(await new Blob([new Uint32Array([head.length]), head, file]).arrayBuffer());
        const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), plain);
        await asked((await store("readwrite")).put({ id, iv, data }));
      } catch {
        // told by the count below, should the page go away
      }
    },
    async drop(id) {
      if (!able) return;
      try {
        await asked((await store("readwrite")).delete(id));
      } catch {
        // it stays until the key is gone
      }
    },
    async all() {
      if (!able) return [];
      try {
        const rows = await asked((await store("readonly")).getAll());
        const found = [];
        for (const { id, iv, data } of rows) {
          try {
            const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key(), data);
            const length = new DataView(plain).getUint32(0, true);
            const head = JSON.parse(new TextDecoder().decode(plain.slice(4, 4 + length)));
            const file = new File([plain.slice(4 + length)], head.name, { type: head.type });
            if (head.for === CASE) found.push({ id, file, replaces: head.replaces, at: head.at });
            else await this.drop(id);
          } catch {
            await this.drop(id); // of another tab, whose key is gone
          }
        }
        return found;
      } catch {
        return [];
      }
    },
    // How many were under way when the page went, for those that could not be kept.
    get count() {
      return Number(sessionStorage.getItem(COUNT) ?? 0);
    },
    set count(number) {
      if (number) sessionStorage.setItem(COUNT, String(number));
      else sessionStorage.removeItem(COUNT);
    },
  };
})();

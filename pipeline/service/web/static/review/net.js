// Asking the server: forms with the token of the session, answers as parts of the page or a plain word on what went wrong.
const root = document.getElementById("case");
export const url = root.dataset.url;

export async function ask(path, { form = null, text = false } = {}) {
  const headers = { Accept: "application/json", "X-CSRF-Token": root.dataset.csrf };
  let answer;
  try {
    answer = await fetch(url + path, { method: form ? "POST" : "GET", body: form, headers, credentials: "same-origin" });
  } catch {
    throw new Error("没有连上服务器，内容没有保存。请检查网络后再试。");
  }
  if (answer.ok) return text ? answer.text() : answer.json();
  let told = {};
  try { told = await answer.json(); } catch { /* a page, not data */ }
  if (answer.status === 401) location.assign(told.login ?? "/login");
  const error = new Error(told.message ?? "没有完成，请再试一次。");
  Object.assign(error, { status: answer.status, code: told.code });
  throw error;
}

export function told(message, kind = "ok") {
  const place = document.getElementById("told");
  place.textContent = message;
  place.className = `told ${message ? kind : ""}`;
  clearTimeout(told.timer);
  if (message && kind === "ok") told.timer = setTimeout(() => told(""), 6000);
}

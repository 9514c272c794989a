// The queue by keyboard.
const links = [...document.querySelectorAll("#cases tbody th a")];
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

function move(by) {
  const now = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, now + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (localStorage.getItem("yushen-keys") === "off") return;
  const key = event.key.toLowerCase();
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "n") document.querySelector("#next-case button:not([disabled])")?.click();
  else if (key === "/") { event.preventDefault(); document.getElementById("q-serial").focus(); }
});

// Drawing a box on the page: press, pull, let go. With the keyboard: arrows move, Shift and arrows size, Enter takes it.
const SVG = "http://www.w3.org/2000/svg";

export function startDrawing(viewer, done) {
  if (viewer.drawing || !viewer.page) return;
  const { stage, svg } = viewer, button = document.querySelector('[data-do="draw"]');
  if (!button) return;
  const rect = svg.appendChild(document.createElementNS(SVG, "rect"));
  rect.setAttribute("class", "box box-drawn");
  let box = [.35, .45, .3, .04], from = null;
  const show = () => { for (const [index, name] of ["x", "y", "width", "height"].entries()) rect.setAttribute(name, box[index]); };
  const stop = () => {
    stage.classList.remove("drawing");
    button.setAttribute("aria-pressed", "false");
    stage.removeEventListener("pointerdown", down); stage.removeEventListener("pointermove", move); stage.removeEventListener("pointerup", up);
    stage.removeEventListener("keydown", keys, true);
    rect.remove();
    viewer.drawing = null;
  };
  const take = () => {
    const ready = box[2] > .004 && box[3] > .002;
    stop();
    if (ready) done([box[0], box[1], box[0] + box[2], box[1] + box[3]]);
  };
  const down = (event) => { if (event.button) return; from = viewer.at(event.clientX, event.clientY); stage.setPointerCapture(event.pointerId); };
  const move = (event) => {
    if (!from) return;
    const to = viewer.at(event.clientX, event.clientY);
    box = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
    show();
  };
  const up = () => { if (from) take(); };
  const keys = (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (by) {
      const at = event.shiftKey ? 2 : 0;
      box[at] = Math.min(1, Math.max(at ? .005 : 0, box[at] + by[0] * .01));
      box[at + 1] = Math.min(1, Math.max(at ? .005 : 0, box[at + 1] + by[1] * .006));
      show();
    } else if (event.key === "Enter") take();
    else return;
    event.preventDefault(); event.stopPropagation();
  };
  viewer.drawing = stop;
  stage.classList.add("drawing");
  button.setAttribute("aria-pressed", "true");
  stage.addEventListener("pointerdown", down); stage.addEventListener("pointermove", move); stage.addEventListener("pointerup", up);
  stage.addEventListener("keydown", keys, true);
  show();
  stage.focus();
}

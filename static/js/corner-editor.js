// @ts-check
/** The four corners of a page, moved by thumb or keys over its photo. */

import { el } from "./dom.js";
import { editorDialog } from "./editor-dialog.js";
import "./editor-texts.js";
import { decoded } from "./photo-source.js";
import { say } from "./texts.js";

/** @typedef {import("./warp.js").Corners} Corners @typedef {import("./layer.js").Point} Point */

/** @type {Corners} */
const BEGIN = [
  [0.08, 0.08],
  [0.92, 0.08],
  [0.92, 0.92],
  [0.08, 0.92],
];
const STEP = 0.01;

/**
 * @param {Blob} photo
 * @param {Corners} [known]
 * @returns {Promise<Corners | null | undefined>} null: the whole photo is the page; undefined: as it was
 */
export async function editCorners(photo, known = BEGIN) {
  const picture = await decoded(photo);
  if (!picture) return undefined;
  let corners = known;
  const canvas = el("canvas", { "aria-hidden": "true" });
  Object.assign(canvas, { width: picture.width, height: picture.height });
  const stage = el("div", { class: "sheet" }, canvas);
  const grips = known.map((_, at) =>
    el("button", { class: "grip", type: "button", "aria-label": say(`corner.${at}`), "data-corner": String(at) }),
  );
  stage.append(...grips);

  const draw = () => {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(picture, 0, 0);
    outline(context, corners);
    for (const [at, grip] of grips.entries()) {
      grip.style.left = `${corners[at][0] * 100}%`;
      grip.style.top = `${corners[at][1] * 100}%`;
    }
  };
  /** @param {number} at @param {Point} place */
  const move = (at, [x, y]) => {
    corners = /** @type {Corners} */ (corners.with(at, [within(x), within(y)]));
    draw();
  };
  for (const [at, grip] of grips.entries()) {
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.focus();
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const { left, top, width, height } = canvas.getBoundingClientRect();
      move(at, [(event.clientX - left) / width, (event.clientY - top) / height]);
    });
    grip.addEventListener("keydown", (event) => {
      const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
      if (!x && !y) return;
      event.preventDefault();
      move(at, [corners[at][0] + x * STEP, corners[at][1] + y * STEP]);
    });
  }

  return new Promise((resolve) => {
    const whole = el("button", { class: "btn", type: "button" }, say("corner.whole"));
    const close = (/** @type {HTMLDialogElement} */ one, /** @type {Corners | null | undefined} */ answer) => {
      one.remove();
      resolve(answer);
    };
    const dialog = editorDialog({
      title: say("corner.title"),
      stage,
      tools: [el("p", { class: "small" }, say("corner.hint")), el("p", { class: "flex" }, whole)],
      save: (one) => close(one, corners),
      close: (one) => close(one, undefined),
    });
    whole.addEventListener("click", () => close(dialog, null));
    draw();
  });
}

/** What is left out is dimmed, the edge of the page is a line. @param {CanvasRenderingContext2D} context @param {Corners} corners */
function outline(context, corners) {
  const { width, height } = context.canvas;
  const page = new Path2D();
  for (const [x, y] of corners) page.lineTo(x * width, y * height);
  page.closePath();
  const rest = new Path2D(page);
  rest.rect(0, 0, width, height);
  context.fillStyle = "rgb(0 0 0 / .5)";
  context.fill(rest, "evenodd");
  Object.assign(context, { strokeStyle: "#dcf03c", lineWidth: Math.max(2, width / 200) });
  context.stroke(page);
}

/** @param {number} share */
function within(share) {
  return Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 10_000;
}

// @ts-check
/**
 * Draws on a photo with a thumb: a drag draws the chosen shape, a tap selects one, which can then be moved, resized and
 * deleted. Every stroke is a draft at once; only Save makes a layer of it.
 *
 * @typedef {import("./layer.js").Shape} Shape
 * @typedef {import("./layer.js").ShapeKind} ShapeKind
 * @typedef {import("./layer.js").Point} Point
 * @typedef {import("./layer.js").Drawn} Drawn
 */

import { ask } from "./dialog.js";
import { el, icon } from "./dom.js";
import { dropDraft, loadDraft, saveDraft } from "./drafts.js";
import "./editor-texts.js";
import { editorDialog } from "./editor-dialog.js";
import { boxOf, draftOf, keepLayer, paint, waitingLayers } from "./layer.js";
import { pictureOf } from "./photo-source.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";

/** @type {ShapeKind[]} */
const KINDS = ["arrow", "circle", "blur"];
/** A finger is this wide, in CSS pixels; less of a drag is a tap. */
const [FINGER, TAP] = [26, 8];
const STEP = 0.02;

class Editor {
  /**
   * @param {{entry: string, audit: string, observation: string}} photo
   * @param {Drawn} known
   * @param {HTMLCanvasElement | undefined} picture
   * @param {Shape[]} [begun] what was drawn and not saved the last time
   */
  constructor(photo, known, picture, begun) {
    this.photo = photo;
    this.known = known;
    this.picture = picture;
    this.shapes = begun ?? known.shapes;
    /** @type {Shape[][]} */
    this.before = [];
    this.selected = -1;
    /** @type {ShapeKind} */
    this.kind = "arrow";
    this.canvas = el("canvas", { tabindex: "0", role: "img" });
    Object.assign(this.canvas, { width: picture?.width ?? 4, height: picture?.height ?? 3 });
    this.undo = el("button", { class: "btn", type: "button" }, say("undo"));
    this.remove = el("button", { class: "btn", type: "button" }, icon("x"), say("mark.delete"));
    this.words = el("p", { class: "small" }, say("mark.hint"));
    this.dialog = editorDialog({
      title: say("mark.title"),
      stage: this.canvas,
      tools: [this.words, el("p", { class: "flex" }, this.#kinds()), el("p", { class: "flex" }, this.undo, this.remove)],
      save: () => this.#save(),
      close: () => this.#close(),
    });
    /** @type {Promise<Drawn | undefined>} */
    this.done = new Promise((resolve) => {
      this.finish = (/** @type {Drawn | undefined} */ drawn) => {
        this.dialog.remove();
        resolve(drawn);
      };
    });
    this.#listen();
    this.#draw();
  }

  /** @param {string} words */
  tell(words) {
    this.words.textContent = words;
  }

  #kinds() {
    const group = el("span", { class: "seg grow", role: "radiogroup", "aria-label": say("mark.title") });
    for (const kind of KINDS) {
      const radio = el("input", { type: "radio", name: "mark-kind", value: kind });
      radio.checked = kind === this.kind;
      radio.addEventListener("change", () => (this.kind = kind));
      group.append(el("label", {}, radio, say(`mark.${kind}`)));
    }
    return group;
  }

  #listen() {
    this.canvas.addEventListener("pointerdown", (event) => this.#press(event));
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.undo.addEventListener("click", () => {
      this.shapes = this.before.pop() ?? this.shapes;
      this.#settle(-1);
    });
    this.remove.addEventListener("click", () => this.#delete());
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (!this.picture || !event.isPrimary) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    const from = this.#at(event);
    const before = this.shapes;
    const change = this.#grip(from);
    let isDrag = false;
    const move = (/** @type {PointerEvent} */ next) => {
      const to = this.#at(next);
      isDrag ||= this.#apart(from, to) > TAP;
      if (!isDrag) return;
      this.shapes = change(to);
      this.#draw();
    };
    const end = (/** @type {PointerEvent} */ ended) => {
      this.canvas.removeEventListener("pointermove", move);
      this.canvas.removeEventListener("pointerup", end);
      this.canvas.removeEventListener("pointercancel", end);
      if (ended.type === "pointercancel") this.shapes = before;
      else if (isDrag) this.#changed(before, this.selected);
      else this.selected = this.#under(from);
      this.#draw();
    };
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.addEventListener("pointermove", move);
    this.canvas.addEventListener("pointerup", end);
    this.canvas.addEventListener("pointercancel", end);
  }

  /**
   * What a drag from here does: resize or move what is selected, else draw.
   * @param {Point} from
   * @returns {(to: Point) => Shape[]}
   */
  #grip(from) {
    const shapes = this.shapes;
    const selected = shapes[this.selected];
    for (const end of /** @type {("start" | "end")[]} */ (["end", "start"]))
      if (selected && this.#apart(selected[end], from) < FINGER)
        return (to) => shapes.with(this.selected, { ...selected, [end]: to });
    if (selected && this.#under(from) === this.selected)
      return (to) => shapes.with(this.selected, moved(selected, to[0] - from[0], to[1] - from[1]));
    const kind = this.kind;
    return (to) => {
      this.selected = shapes.length;
      return [...shapes, { kind, start: from, end: to }];
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const selected = this.shapes[this.selected];
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    if (event.key === "Enter") {
      const added = /** @type {Shape} */ ({ kind: this.kind, start: [0.4, 0.4], end: [0.6, 0.6] });
      this.#changed(this.shapes, this.shapes.length, [...this.shapes, added]);
    } else if (event.key === " " && this.shapes.length) {
      this.selected = (this.selected + 1) % this.shapes.length;
      this.#draw();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.#delete();
    } else if (selected && (x || y)) {
      const end = /** @type {Point} */ ([within(selected.end[0] + x * STEP), within(selected.end[1] + y * STEP)]);
      const changed = event.shiftKey ? { ...selected, end } : moved(selected, x * STEP, y * STEP);
      this.#changed(this.shapes, this.selected, this.shapes.with(this.selected, changed));
    } else return;
    event.preventDefault();
  }

  #delete() {
    if (!this.shapes[this.selected]) return;
    this.#changed(this.shapes, -1, this.shapes.toSpliced(this.selected, 1));
  }

  /** @param {Shape[]} before @param {number} selected @param {Shape[]} [shapes] */
  #changed(before, selected, shapes = this.shapes) {
    this.before.push(before);
    this.shapes = shapes;
    this.#settle(selected);
  }

  /** @param {number} selected */
  #settle(selected) {
    this.selected = selected;
    this.tell(say("mark.hint"));
    this.#draw();
    // No room for a draft is no reason to stop: Save says so if it still is.
    saveDraft(draftOf(this.photo.entry), this.photo.audit, { shapes: this.shapes }, false).catch(() => undefined);
  }

  #draw() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    if (this.picture) context.drawImage(this.picture, 0, 0);
    paint(context, this.shapes);
    this.#showSelected(context);
    this.undo.disabled = this.before.length === 0;
    this.remove.disabled = !this.shapes[this.selected];
    this.canvas.setAttribute("aria-label", say("mark.canvas", { n: this.shapes.length }));
    this.canvas.dataset.shapes = String(this.shapes.length);
  }

  /** A dashed frame and the two grips of what is selected. @param {CanvasRenderingContext2D} context */
  #showSelected(context) {
    const selected = this.shapes[this.selected];
    if (!selected) return;
    const unit = this.canvas.width / (this.canvas.clientWidth || this.canvas.width);
    const { x, y, width, height } = boxOf(selected, this.canvas);
    Object.assign(context, { strokeStyle: "#fff", lineWidth: 2 * unit, fillStyle: "#12181a" });
    if (selected.kind !== "arrow") {
      context.setLineDash([6 * unit, 6 * unit]);
      context.strokeRect(x, y, width, height);
      context.setLineDash([]);
    }
    for (const [across, down] of [selected.start, selected.end]) {
      context.beginPath();
      context.arc(across * this.canvas.width, down * this.canvas.height, 9 * unit, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  /** The topmost shape at a place, or -1. @param {Point} place */
  #under(place) {
    return this.shapes.findLastIndex((shape) =>
      shape.kind === "arrow" ? this.#besideLine(shape, place) : this.#inBox(shape, place),
    );
  }

  /** @param {Shape} shape @param {Point} place */
  #inBox(shape, place) {
    const { width, height } = this.canvas.getBoundingClientRect();
    const box = boxOf(shape, { width, height });
    const [x, y] = [place[0] * width - box.x, place[1] * height - box.y];
    const slack = FINGER / 2;
    return x > -slack && y > -slack && x < box.width + slack && y < box.height + slack;
  }

  /** @param {Shape} shape @param {Point} place */
  #besideLine({ start, end }, place) {
    const steps = 24;
    return Array.from({ length: steps + 1 }, (_, step) => step / steps).some((share) => {
      const on = /** @type {Point} */ ([0, 1].map((axis) => start[axis] + (end[axis] - start[axis]) * share));
      return this.#apart(on, place) < FINGER / 2;
    });
  }

  /** How far two places are from each other on the screen, in CSS pixels. @param {Point} one @param {Point} other */
  #apart(one, other) {
    const { width, height } = this.canvas.getBoundingClientRect();
    return Math.hypot((one[0] - other[0]) * width, (one[1] - other[1]) * height);
  }

  /** @param {PointerEvent} event @returns {Point} */
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [within((clientX - left) / width), within((clientY - top) / height)];
  }

  async #save() {
    if (!this.before.length && this.shapes === this.known.shapes) return this.#close();
    try {
      const kept = await keepLayer(this.photo, { shapes: this.shapes, bases: this.known.bases });
      void sendNow();
      this.finish?.(kept);
    } catch {
      this.tell(say("mark.failed"));
    }
    return undefined;
  }

  async #close() {
    const isChanged = this.shapes !== this.known.shapes;
    if (isChanged && !(await ask(say("mark.discard"), say("mark.discard.yes")))) return;
    await dropDraft(draftOf(this.photo.entry));
    this.finish?.(undefined);
  }
}

/**
 * @param {{entry: string, audit: string, observation: string, sha256: string}} photo
 * @param {Drawn} drawn as the page knows it
 * @returns {Promise<Drawn | undefined>} what stands now; undefined if nothing changed
 */
export async function markUp(photo, drawn) {
  const known = (await waitingLayers()).get(photo.entry) ?? drawn;
  const draft = await loadDraft(draftOf(photo.entry));
  const isDrawnOn = drawn.shapes.length > 0;
  const source = await pictureOf({ ...photo, isDrawnOn });
  const editor = new Editor(photo, known, source?.picture, draft?.form.shapes);
  if (draft) editor.tell(say("mark.restored"));
  if (source?.isSmall) editor.tell(say("mark.small"));
  if (!source) editor.tell(say("mark.none"));
  return editor.done;
}

/** @param {Shape} shape @param {number} x @param {number} y @returns {Shape} the same further on, whole inside the picture */
function moved(shape, x, y) {
  const [across, down] = [0, 1].map((axis) => [shape.start[axis], shape.end[axis]]);
  const dx = Math.min(1 - Math.max(...across), Math.max(-Math.min(...across), x));
  const dy = Math.min(1 - Math.max(...down), Math.max(-Math.min(...down), y));
  const shift = (/** @type {Point} */ [px, py]) => /** @type {Point} */ ([within(px + dx), within(py + dy)]);
  return { ...shape, start: shift(shape.start), end: shift(shape.end) };
}

/** @param {number} share @returns {number} inside the picture, to a tenth of a thousandth */
function within(share) {
  return Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 10_000;
}

// @ts-check
/**
 * What is drawn over a photo: the shapes, painted as the server paints them (`server/evidence/drawing.py`), and kept
 * as `marked-up` entries. A photo's own bytes never change.
 *
 * @typedef {"arrow" | "circle" | "blur"} ShapeKind
 * @typedef {[number, number]} Point shares of the upright picture's width and height, from its top left
 * @typedef {{kind: ShapeKind, start: Point, end: Point}} Shape
 * @typedef {{shapes: Shape[], bases: string[]}} Drawn a photo's layer, and the versions it is made of
 */

import { dropDraft, ownKey } from "./drafts.js";
import { announce } from "./outbox-changes.js";
import * as outbox from "./outbox.js";
import { owner } from "./owner.js";
import { all, write } from "./store.js";
import { uuid7 } from "./uuid7.js";

const CELLS = 6;
const THICKNESS = 1 / 110;
const [INK, EDGE] = ["#e03116", "#fff"];
/** Of an arrow's head: away from its direction, in radians. */
const BARB = 2.6;

/**
 * Paint shapes over what the canvas shows already.
 * @param {CanvasRenderingContext2D} context
 * @param {Shape[]} shapes
 */
export function paint(context, shapes) {
  const { width, height } = context.canvas;
  for (const shape of shapes) if (shape.kind === "blur") blur(context, shape);
  const thin = Math.max(1, Math.max(width, height) * THICKNESS);
  context.lineCap = "round";
  for (const shape of shapes) {
    if (shape.kind === "blur") continue;
    for (const [ink, stroke] of /** @type {[string, number][]} */ ([
      [EDGE, thin * 2],
      [INK, thin],
    ])) {
      Object.assign(context, { strokeStyle: ink, lineWidth: stroke });
      context.stroke(shape.kind === "arrow" ? arrow(context, shape, thin * 5) : circle(context, shape));
    }
  }
}

/** @param {CanvasRenderingContext2D} context @param {Shape} shape */
function blur(context, shape) {
  const { x, y, width, height } = boxOf(shape, context.canvas);
  if (width < 1 || height < 1) return;
  const longer = Math.max(width, height);
  const cells = Object.assign(document.createElement("canvas"), {
    width: Math.max(1, Math.round((CELLS * width) / longer)),
    height: Math.max(1, Math.round((CELLS * height) / longer)),
  });
  const few = /** @type {CanvasRenderingContext2D} */ (cells.getContext("2d"));
  few.imageSmoothingQuality = "high";
  few.drawImage(context.canvas, x, y, width, height, 0, 0, cells.width, cells.height);
  context.drawImage(cells, x, y, width, height);
}

/** @param {CanvasRenderingContext2D} context @param {Shape} shape @param {number} head length of a barb */
function arrow(context, { start, end }, head) {
  const { width, height } = context.canvas;
  const [x, y] = [end[0] * width, end[1] * height];
  const along = Math.atan2(y - start[1] * height, x - start[0] * width);
  const path = new Path2D();
  path.moveTo(start[0] * width, start[1] * height);
  path.lineTo(x, y);
  for (const turn of [along + BARB, along - BARB]) {
    path.moveTo(x, y);
    path.lineTo(x + head * Math.cos(turn), y + head * Math.sin(turn));
  }
  return path;
}

/** @param {CanvasRenderingContext2D} context @param {Shape} shape */
function circle(context, shape) {
  const { x, y, width, height } = boxOf(shape, context.canvas);
  const path = new Path2D();
  path.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
  return path;
}

/** The box between a shape's corners, in pixels. @param {Shape} shape @param {{width: number, height: number}} size */
export function boxOf({ start, end }, size) {
  const [x, y] = [Math.min(start[0], end[0]) * size.width, Math.min(start[1], end[1]) * size.height];
  return { x, y, width: Math.abs(start[0] - end[0]) * size.width, height: Math.abs(start[1] - end[1]) * size.height };
}

/**
 * The layers that only this phone has, by the id of the photo's entry.
 * @returns {Promise<Map<string, Drawn & {seen: string[]}>>} `bases`: the entry that isn't sent yet; `seen`: what it names
 */
export async function waitingLayers() {
  const { account } = owner();
  /** @type {Map<string, Drawn & {seen: string[]}>} */
  const found = new Map();
  for (const { account: whose, entry, layer } of await all("photos"))
    if (whose === account && layer) found.set(entry, { shapes: layer.shapes, bases: [], seen: [] });
  for (const row of await all("entries")) {
    if (row.account !== account || row.kind !== "marked-up") continue;
    const { photo, shapes, bases } = JSON.parse(row.raw).body;
    found.set(photo, { shapes, bases: [row.id], seen: bases });
  }
  return found;
}

/** Under which key the layer of a photo is a draft. @param {string} photo id of its entry */
export function draftOf(photo) {
  return `markup/${photo}`;
}

/**
 * Keep a photo's whole layer. Of a photo that isn't developed yet it stands in the photo's own row: there is no entry
 * to speak of before that. Else it is an entry, written anew in place until it was sent.
 * @param {{entry: string, audit: string, observation: string}} photo
 * @param {Drawn} drawn the new shapes, and the versions seen
 * @returns {Promise<Drawn>} what stands now
 */
export async function keepLayer({ entry: photo, audit, observation }, { shapes, bases }) {
  const draft = draftOf(photo);
  if (await keepWithRaw(photo, shapes, ownKey(draft))) return { shapes, bases };
  const waiting = (await waitingLayers()).get(photo);
  const [row] = waiting?.bases ?? [];
  if (row && (await outbox.revise(row, { photo, shapes, bases: waiting?.seen }))) {
    await dropDraft(draft);
    return { shapes, bases: [row] };
  }
  const body = { photo, shapes, bases: row ? [row] : bases };
  const entry = { kind: "marked-up", audit, object: observation, body };
  return { shapes, bases: await outbox.put([entry], [], { draft: ownKey(draft) }) };
}

/** @param {string} photo @param {Shape[]} shapes @param {string} draft @returns {Promise<boolean>} false: it is developed */
async function keepWithRaw(photo, shapes, draft) {
  const { account } = owner();
  const kept = await write(["photos", "drafts"], async (tx) => {
    const rows = await tx.objectStore("photos").getAll();
    const row = rows.find((/** @type {any} */ one) => one.entry === photo && one.account === account);
    if (row?.phase !== "raw") return false;
    const layer = { entry: row.layer?.entry ?? uuid7(), shapes };
    await tx.objectStore("photos").put({ ...row, layer });
    await tx.objectStore("drafts").delete(draft);
    return true;
  });
  if (kept) announce();
  return kept;
}

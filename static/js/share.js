// @ts-check
/** The page that asks where what was shared belongs: a stop makes a note of each, with its photos. */

import { isoWithOffset } from "./clock.js";
import { ask } from "./dialog.js";
import { el, icon } from "./dom.js";
import { takenAt } from "./exif.js";
import { languageOf } from "./language.js";
import * as outbox from "./outbox.js";
import { openFor } from "./owner.js";
import { developPhotos } from "./photos.js";
import { sharedBy } from "./share-store.js";
import { write } from "./store.js";
import { now as sendNow } from "./sync.js";
import { say } from "./texts.js";
import { uuid7 } from "./uuid7.js";

/** @typedef {import("./share-store.js").Shared} Shared @typedef {import("./share-store.js").SharedFile} SharedFile */

const page = /** @type {HTMLElement} */ (document.querySelector("[data-share]"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(`[data-part="${name}"]`));
const account = document.documentElement.dataset.account ?? "";

async function show() {
  const waiting = await sharedBy(account);
  part("none").hidden = waiting.length > 0;
  for (const name of ["shared", "choose"]) part(name).hidden = waiting.length === 0;
  part("list").replaceChildren(...waiting.map(row));
}

/** @param {Shared} shared */
function row({ key, text, files }) {
  const pictures = files.map((file) => {
    const picture = el("img", { alt: file.name });
    picture.src = URL.createObjectURL(new Blob([bytesOf(file)], { type: file.media }));
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    return el("figure", {}, picture);
  });
  const drop = el("button", { class: "btn", type: "button" }, icon("x"), say("draft.discard"));
  drop.addEventListener("click", async () => {
    if (!(await ask(say("shared.drop"), say("draft.discard")))) return;
    await write(["drafts"], (tx) => tx.objectStore("drafts").delete(key));
    await show();
  });
  return el("li", { class: "stack tight" }, el("div", { class: "shots" }, ...pictures), el("p", { class: "rec" }, text), drop);
}

/** @param {SharedFile} file @returns {ArrayBuffer} */
function bytesOf({ base64 }) {
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)).buffer;
}

/** @param {Shared} shared @param {DOMStringMap} where @returns {Promise<string>} id of the note */
async function toNote({ key, text, files }, { audit = "", stop = "", department = "" }) {
  const id = uuid7();
  const body = {
    stop,
    seen_at: isoWithOffset(),
    ...(department ? { department } : {}),
    ...(text ? { text: { [languageOf(text)]: text } } : {}),
  };
  const photos = files.map((file) => {
    const bytes = bytesOf(file);
    const taken_at = isoWithOffset(takenAt(bytes) ?? new Date(file.modified));
    const facts = { taken_at, subject: "", place: "" };
    return { audit, observation: id, bytes, media: file.media, name: file.name, facts };
  });
  await outbox.put([{ kind: "observed", audit, id, body }], photos, { draft: key });
  return id;
}

page.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-stop]"));
  if (!button) return;
  const { audit, stop } = button.dataset;
  const ids = [];
  try {
    for (const shared of await sharedBy(account)) ids.push(await toNote(shared, button.dataset));
  } catch {
    part("failed").hidden = false; // what became no note is still there
    await show();
    return;
  }
  void developPhotos();
  void sendNow();
  const at = `/audits/${audit}/stops/${stop}`;
  location.assign(ids.length === 1 ? `${at}/capture?note=${ids[0]}` : at);
});

await openFor(account);
part("failed").hidden = !new URLSearchParams(location.search).has("failed");
await show();

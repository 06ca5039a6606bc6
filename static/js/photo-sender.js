// @ts-check
/**
 * Uploads ready photos by tus 1.0, one chunk per call, so that an entry captured meanwhile never waits for megabytes.
 * The phone lets go of a photo's bytes only when the server's receipt names their hash.
 *
 * @typedef {import("./store.js").StoredPhoto} StoredPhoto
 * @typedef {import("./entry-sender.js").Trouble} Trouble
 * @typedef {import("./credential.js").Sender} Sender
 */

import { announce } from "./outbox-changes.js";
import { request } from "./net.js";
import { noteReceipts } from "./receipts.js";
import { all, database, mark, write } from "./store.js";

const [SMALLEST, FIRST, LARGEST] = [64 * 1024, 512 * 1024, 2 * 1024 * 1024];
const [FAST_MS, SLOW_MS] = [1_000, 8_000];
const TUS = { "Tus-Resumable": "1.0.0" };
const RESTARTS = 3;

/** How much of a photo goes at once, and the most that everything on the way lets through. */
let chunk = FIRST;
let most = LARGEST;

/**
 * The bytes of the photo being sent, so that each chunk does not read megabytes again.
 * @type {{id: string, bytes: ArrayBuffer} | undefined}
 */
let current;

/**
 * Take one step with the photo that lacks least: create, ask how far it is, or send a chunk. Small ones go before big
 * ones, so that most of what was recorded is safe soon.
 * @param {import("./credential.js").Sender} owner
 * @param {Set<string>} skip photos left for the next run; grows
 * @returns {Promise<{trouble: Trouble, step: boolean}>} `step` false: no photo left to send
 */
export async function sendPhotoStep(owner, skip) {
  const [photo] = (await all("photos"))
    .filter(
      (row) =>
        row.account === owner.account &&
        row.phase === "ready" &&
        !row.unsaved &&
        row.state !== "refused" &&
        !skip.has(row.id),
    )
    .sort((one, other) => one.size - one.offset - (other.size - other.offset));
  if (!photo) return { trouble: "", step: false };
  const answer = await step(photo, owner);
  if (answer === "network" || answer === "session" || answer === "device") {
    await mark("photos", [photo.id], { state: "waiting", reason: answer });
    announce();
    return { trouble: answer, step: true };
  }
  if (answer === "server") {
    skip.add(photo.id);
    await mark("photos", [photo.id], { state: "waiting", reason: "server" });
  }
  announce();
  return { trouble: answer, step: true };
}

/** @param {StoredPhoto} photo @param {Sender} owner @returns {Promise<Trouble>} */
async function step(photo, owner) {
  if (!photo.url) return create(photo, owner);
  if (photo.state !== "sending") return ask(photo, owner); // after a restart only the server knows how far it is
  return sendChunk(photo, owner);
}

/** @param {StoredPhoto} photo @param {Sender} owner @returns {Promise<Trouble>} */
async function create(photo, owner) {
  const facts = { sha256: photo.sha256, filetype: photo.media, filename: photo.name };
  const metadata = Object.entries(facts)
    .filter(([, value]) => value)
    .map(([key, value]) => `${key} ${base64(value)}`);
  const answer = await request(
    `/audits/${photo.audit}/uploads`,
    {
      method: "POST",
      headers: { ...TUS, "Upload-Length": String(photo.size), "Upload-Metadata": metadata.join(",") },
    },
    owner,
  );
  const url = answer.kind === "ok" && answer.response.status === 201 && answer.response.headers.get("Location");
  if (!url) return unusual(photo, answer);
  await mark("photos", [photo.id], { url: new URL(url, location.origin).pathname, state: "waiting", reason: "" });
  // Where it says how far it is, nobody has to ask: a bad network makes each request dear.
  return answer.response.headers.has("Upload-Offset") ? progressed(photo, answer.response) : "";
}

/** @param {StoredPhoto} photo @param {Sender} owner @returns {Promise<Trouble>} */
async function ask(photo, owner) {
  const answer = await request(photo.url, { method: "HEAD", headers: TUS }, owner);
  if (answer.kind !== "ok") return unusual(photo, answer);
  return progressed(photo, answer.response);
}

/** @param {StoredPhoto} photo @param {Sender} owner @returns {Promise<Trouble>} */
async function sendChunk(photo, owner) {
  if (current?.id !== photo.id) current = { id: photo.id, bytes: await (await database()).get("bytes", photo.id) };
  const began = performance.now();
  const answer = await request(
    photo.url,
    {
      method: "PATCH",
      headers: { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(photo.offset) },
      body: current.bytes.slice(photo.offset, photo.offset + chunk),
    },
    owner,
  );
  adapt(answer.kind, performance.now() - began);
  if (answer.kind !== "ok") return unusual(photo, answer);
  return progressed(photo, answer.response);
}

/** A piece should take a few seconds on this link: what breaks off then is little. @param {string} kind @param {number} took ms */
function adapt(kind, took) {
  if (kind === "network" || took > SLOW_MS) chunk = Math.max(SMALLEST, chunk / 2);
  else if (kind === "ok" && took < FAST_MS) chunk = Math.min(most, chunk * 2);
}

/**
 * Note how far the server says it is.
 * @param {StoredPhoto} photo
 * @param {Response} response
 * @returns {Promise<Trouble>}
 */
async function progressed(photo, response) {
  if (response.headers.get("Clausewalk-Receipt") === photo.sha256) {
    await letGo(photo);
    return "";
  }
  const offset = Number(response.headers.get("Upload-Offset") ?? Number.NaN);
  if (!(offset >= 0 && offset < photo.size)) return "server"; // nonsense, or all there but no receipt for these bytes
  if (photo.state === "sending" && offset <= photo.offset) return "server"; // no way forward: not at once again
  await mark("photos", [photo.id], { offset, state: "sending", reason: "" });
  return "";
}

/** @param {StoredPhoto} photo */
async function letGo(photo) {
  await write(["photos", "bytes"], async (tx) => {
    await tx.objectStore("photos").delete(photo.id);
    await tx.objectStore("bytes").delete(photo.id);
  });
  current = undefined;
  await noteReceipts([
    {
      id: photo.id,
      type: "photo",
      kind: photo.kind ?? "photographed",
      object: photo.observation,
      standing: "stored",
      check: photo.sha256,
    },
  ]);
}

/** @param {StoredPhoto} photo @param {import("./net.js").Answer} answer @returns {Promise<Trouble>} */
async function unusual(photo, answer) {
  if (answer.kind === "session" || answer.kind === "device" || answer.kind === "network") return answer.kind;
  const status = answer.kind === "later" ? answer.status : 0;
  if (status === 409) {
    await mark("photos", [photo.id], { state: "waiting" }); // the server is elsewhere: ask
    return photo.state === "sending" ? "" : "server";
  }
  if (status === 404 || status === 410) {
    await mark("photos", [photo.id], { url: "", offset: 0, state: "waiting" });
    return photo.url ? "" : "server";
  }
  if (status === 460) return wrongHash(photo);
  if (answer.kind === "too-large" && photo.url) {
    // A proxy with a limit of its own, below the server's.
    if (chunk <= SMALLEST) return "server";
    chunk = most = Math.max(SMALLEST, chunk / 2);
    return "";
  }
  // Anything on the way may say so, and less tomorrow: only our server knows what it will never take.
  if (answer.kind === "refused" || (answer.kind === "too-large" && answer.ours)) {
    const { reason, detail } = answer.kind === "refused" ? answer : { reason: "too_large", detail: "" };
    // A classified audit takes what an entry names: one that has yet to go, such as a signature's, comes first.
    if (reason === "classified" && (await (await database()).get("entries", photo.entry))) return "server";
    await mark("photos", [photo.id], { state: "refused", reason, detail });
    return "";
  }
  return "server";
}

/**
 * The bytes were damaged on the way: from the start again, but not for ever.
 * @param {StoredPhoto} photo
 * @returns {Promise<Trouble>}
 */
async function wrongHash(photo) {
  const restarts = photo.restarts + 1;
  const gaveUp = restarts >= RESTARTS;
  await mark("photos", [photo.id], {
    offset: 0,
    restarts,
    state: gaveUp ? "refused" : "waiting",
    reason: gaveUp ? "wrong_hash" : "",
  });
  return "";
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

// @ts-check
/**
 * Turns the camera's bytes (`raw`) into what is uploaded (`ready`), away from the page's own thread where possible.
 * Any page does this for whatever it finds, so a photo whose page was killed is developed by the next one.
 */

import { announce } from "./outbox-changes.js";
import { owner } from "./owner.js";
import { all } from "./store.js";

/** @typedef {import("./develop.js").Prepared} Prepared */

/** @type {Worker | undefined} */
let worker;
/** @type {(() => void) | undefined} */
let whenReady;

/**
 * Develop everything that is raw.
 * @param {() => void} [ready] called after each photo that can now be sent
 */
export async function developPhotos(ready) {
  whenReady = ready ?? whenReady;
  if (!(await all("photos")).some((photo) => photo.phase === "raw")) return;
  const { developAll, prepare } = await import("./develop.js");
  const developed = () => {
    announce();
    whenReady?.();
  };
  await developAll(owner(), developed, canUseWorker() ? prepareInWorker : prepare);
}

/**
 * One at a time: photos are developed one after the other.
 * @param {ArrayBuffer} camera
 * @param {string} media
 * @returns {Promise<Prepared>}
 */
async function prepareInWorker(camera, media) {
  const running = (worker ??= startWorker());
  try {
    return await new Promise((resolve, reject) => {
      running.addEventListener("message", ({ data }) => resolve(data), { once: true });
      running.addEventListener("error", reject, { once: true });
      running.postMessage({ camera, media });
    });
  } catch (error) {
    console.error("photo worker", error);
    worker = undefined;
    return (await import("./develop.js")).prepare(camera, media);
  }
}

function startWorker() {
  return new Worker(new URL("./photo-worker.js", import.meta.url), { type: "module" });
}

function canUseWorker() {
  return "OffscreenCanvas" in globalThis && "Worker" in globalThis;
}

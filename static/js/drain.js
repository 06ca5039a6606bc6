// @ts-check
/**
 * Sends what waits: one drain at a time over all tabs and workers of this phone, entries before photo bytes.
 *
 * @typedef {import("./entry-sender.js").Trouble} Trouble
 * @typedef {{trouble: Trouble, progress: boolean}} Outcome
 */

import { forget, obtain, senders } from "./credential.js";
import { sendEntries } from "./entry-sender.js";
import { exclusively } from "./locks.js";
import { report, watchAll } from "./outbox-report.js";
import { owner } from "./owner.js";
import { sendPhotoStep } from "./photo-sender.js";

/** While much is being sent, the server is told how much is left so often. */
const TELL_EVERY_MS = 30_000;

/** @type {Promise<Outcome> | undefined} */
let queued;

/**
 * Send everything that can go now. Calls made while one waits for its turn share it.
 * @returns {Promise<Outcome>} what stopped it (empty: nothing did), and whether anything became safe
 */
export function drain() {
  queued ??= exclusively("clausewalk-drain", () => {
    queued = undefined; // what is kept from here on needs another round
    return run();
  });
  return queued;
}

/** @returns {Promise<Outcome>} */
async function run() {
  await obtain(owner());
  const outcomes = [];
  for (const sender of await senders(owner())) {
    let outcome = await sendAll(sender);
    if (outcome.trouble === "device") {
      await forget(sender.account);
      // Whoever is signed in can still send their own by the session.
      if (sender.account === owner().account) outcome = await sendAll({ ...sender, credential: "" });
    }
    outcomes.push(outcome);
    if (outcome.trouble === "network") break;
    if (!isFatal(outcome.trouble)) await report(sender);
  }
  const [own] = outcomes;
  return { trouble: own?.trouble ?? "", progress: outcomes.some((outcome) => outcome.progress) };
}

/**
 * What belongs to one account: entries first, then photos piece by piece, entries again in between.
 * @param {import("./credential.js").Sender} sender
 * @returns {Promise<Outcome>}
 */
async function sendAll(sender) {
  const tried = new Set();
  const skip = new Set();
  await watchAll(sender.account);
  let told = performance.now();
  let progress = false;
  /** @type {Trouble} */
  let trouble = "";
  for (;;) {
    const entries = await sendEntries(sender, tried);
    progress ||= entries.progress;
    trouble ||= entries.trouble;
    if (isFatal(entries.trouble)) return { trouble: entries.trouble, progress };
    const photo = await sendPhotoStep(sender, skip);
    trouble ||= photo.trouble;
    if (isFatal(photo.trouble)) return { trouble: photo.trouble, progress };
    if (!photo.step) return { trouble, progress };
    progress ||= !photo.trouble;
    if (performance.now() - told > TELL_EVERY_MS) {
      await report(sender);
      told = performance.now();
    }
  }
}

/** Without network or session nothing else will go either. @param {Trouble} trouble */
function isFatal(trouble) {
  return trouble === "network" || trouble === "session" || trouble === "device";
}

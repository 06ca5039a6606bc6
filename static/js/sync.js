// @ts-check
/**
 * When to send: at start, after something was kept, when the network or the page comes back, and by a timer that
 * backs off while it does not work. Pages call `start` once; `now` after anything they kept.
 *
 * @typedef {import("./entry-sender.js").Trouble} Trouble
 */

import { drain } from "./drain.js";
import { AGAIN_MS } from "./outbox-report.js";
import { openFor } from "./owner.js";
import { developPhotos } from "./photos.js";

/** After a failure in the middle of what got through: that network works, it only breaks now and then. */
const SHORT_WAIT_MS = 100;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/** Dispatches `status` when `trouble()` changes and `delivered` when something became safe. */
export const events = new EventTarget();
/** @type {Trouble} */
let lastTrouble = "";
let failures = 0;
/** Rounds of sending that have begun and not ended; whether a photo became ready since the last one began. */
let underway = 0;
let more = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * What keeps this tab from sending: nothing, no session, no network, or a server that answers nonsense.
 * @returns {Trouble}
 */
export function trouble() {
  return lastTrouble;
}

/**
 * Open the outbox of `account` and keep it draining as long as the page lives.
 * @param {string} account principal id
 */
export async function start(account) {
  await openFor(account);
  const fresh = () => {
    failures = 0;
    return now();
  };
  addEventListener("online", fresh);
  addEventListener("pageshow", () => {
    void developPhotos(soon); // falling asleep may have stopped that
    void fresh();
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && fresh());
  // Also where nothing waits: the server wants to hear that.
  setInterval(() => document.visibilityState === "visible" && void now(), AGAIN_MS);
  void developPhotos(soon);
  await now();
}

/**
 * There is one photo more to send. Without network it goes with the next attempt: hundreds are made ready one by one,
 * and each attempt writes down of everything that it was tried.
 */
function soon() {
  more = true;
  if (!underway && lastTrouble !== "network") void now();
}

/** Send what waits; never throws, because whatever fails is tried again. */
export async function now() {
  clearTimeout(timer);
  underway += 1;
  more = false;
  /** @type {import("./drain.js").Outcome} */
  let outcome;
  try {
    outcome = await drain();
  } catch (error) {
    console.error("outbox", error); // the phone's storage failed: nothing was sent, nothing is lost, the timer tries again
    outcome = { trouble: "server", progress: false };
  }
  underway -= 1;
  if (outcome.progress) events.dispatchEvent(new Event("delivered"));
  if (outcome.trouble !== lastTrouble) {
    lastTrouble = outcome.trouble;
    events.dispatchEvent(new Event("status"));
  }
  failures = outcome.progress || !outcome.trouble ? 0 : failures + 1;
  clearTimeout(timer);
  if (more && !underway && outcome.trouble !== "network") void now();
  else if (outcome.trouble) timer = setTimeout(now, waitFor(failures));
}

/**
 * @param {number} times failures in a row
 * @returns {number} milliseconds, with jitter so that phones do not come back all at once
 */
function waitFor(times) {
  const wait = times ? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** times) : SHORT_WAIT_MS;
  return wait * (0.5 + Math.random());
}

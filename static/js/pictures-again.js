// @ts-check
/**
 * A picture that didn't come is asked for again: soon, then less often, and at once when the network is back. A browser
 * asks once, and shows a broken one until the page is loaded anew.
 */

import { events } from "./sync.js";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const PICTURES = "img[src*='/photos/'], img[src*='/pages/']";

/** How often each was asked for in vain, and when it will be again. @type {WeakMap<HTMLImageElement, {times: number, timer: number}>} */
const failures = new WeakMap();

/** @param {HTMLImageElement} picture */
function hasFailed(picture) {
  return picture.complete && picture.currentSrc !== "" && picture.naturalWidth === 0;
}

/** @param {HTMLImageElement} picture */
function again(picture) {
  if (!picture.isConnected || !hasFailed(picture)) return;
  if (document.visibilityState === "visible") picture.src = picture.getAttribute("src") ?? "";
  else later(picture, 0);
}

function allAgain() {
  for (const picture of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll(PICTURES))) again(picture);
}

/** One timer for each, however often all were asked for. @param {HTMLImageElement} picture @param {number} more failures */
function later(picture, more) {
  const { times, timer } = failures.get(picture) ?? { times: -1, timer: 0 };
  clearTimeout(timer);
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (times + more));
  failures.set(picture, { times: times + more, timer: window.setTimeout(() => again(picture), wait) });
}

document.addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLImageElement && target.matches(PICTURES)) later(target, 1);
  },
  true, // errors of pictures don't bubble
);
addEventListener("online", allAgain);
events.addEventListener("delivered", allAgain);
allAgain(); // what failed before anybody listened

// @ts-check
/**
 * A picture that didn't come is asked for again: soon, then less often, and at once when the network is back. A browser
 * asks once, and shows a broken one until the page is loaded anew.
 */

import { events } from "./sync.js";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const PICTURES = "img[src*='/photos/'], img[src*='/pages/']";

/** How often each was asked for in vain. @type {WeakMap<HTMLImageElement, number>} */
const failures = new WeakMap();

/** @param {HTMLImageElement} picture */
function hasFailed(picture) {
  return picture.complete && picture.currentSrc !== "" && picture.naturalWidth === 0;
}

/** @param {HTMLImageElement} picture */
function again(picture) {
  if (picture.isConnected && hasFailed(picture)) picture.src = picture.getAttribute("src") ?? "";
}

function allAgain() {
  for (const picture of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll(PICTURES))) again(picture);
}

/** @param {HTMLImageElement} picture */
function later(picture) {
  const times = failures.get(picture) ?? 0;
  failures.set(picture, times + 1);
  setTimeout(() => again(picture), Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** times));
}

document.addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLImageElement && target.matches(PICTURES)) later(target);
  },
  true, // errors of pictures don't bubble
);
addEventListener("online", allAgain);
events.addEventListener("delivered", allAgain);
allAgain(); // what failed before anybody listened

// @ts-check
/**
 * Going on by script once something was delivered. Whoever tapped a link meanwhile is on the way there, and is not
 * brought back: the later navigation would win.
 */

/** How long a page that is being left may still be here. What was a download leaves the page where it is. */
const ON_THE_WAY_MS = 5_000;
let left = -Infinity;

addEventListener("beforeunload", () => {
  left = performance.now();
});

/** @returns {boolean} whether this page is being left */
const isLeaving = () => performance.now() - left < ON_THE_WAY_MS;

/** Show this page as the server has it now. */
export function showAnew() {
  if (!isLeaving()) location.reload();
}

/** @param {string} address the page that follows */
export function goOn(address) {
  if (isLeaving()) return;
  const { pathname, search, hash } = new URL(address, location.href);
  location.assign(address);
  // A place of this very page would be shown as it is now.
  if (hash && pathname === location.pathname && search === location.search) location.reload();
}

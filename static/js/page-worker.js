// @ts-check
/** Module worker: straightens a page off the page's own thread, guessing its corners where none are known. */

import { straightened } from "./straighten.js";

addEventListener("message", async ({ data: { id, bytes, media, corners } }) => {
  const made = await straightened(bytes, media, corners).catch(() => undefined);
  postMessage({ id, made });
});

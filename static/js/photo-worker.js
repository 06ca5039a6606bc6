// @ts-check
/** Module worker: prepares one picture after the other, away from the page's own thread. Keeps nothing itself. */

import { prepare } from "./develop.js";

addEventListener("message", async ({ data: { camera, media } }) => {
  const prepared = await prepare(camera, media);
  postMessage(prepared, { transfer: [prepared.bytes] });
});

// @ts-check
/**
 * Where nobody is signed in: sends what waits on this phone for every account that has a device credential. Nothing of
 * it is shown.
 */

import { drain } from "./drain.js";
import { openFor } from "./owner.js";
import { developPhotos } from "./photos.js";

await openFor("");
const later = (/** @type {unknown} */ error) => console.error("outbox", error); // the next page tries again
const send = () => drain().catch(later);
// A photo whose page was left before it was developed goes from here as well.
await Promise.all([send(), developPhotos(() => void send()).catch(later)]);

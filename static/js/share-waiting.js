// @ts-check
/** `[data-shared]`: says that something was shared and waits for a place. */

import { sharedBy } from "./share-store.js";

const note = /** @type {HTMLElement} */ (document.querySelector("[data-shared]"));
note.hidden = (await sharedBy(document.documentElement.dataset.account ?? "")).length === 0;

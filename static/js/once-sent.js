// @ts-check
/** What a page does once something that waits on this phone is on the server. */

import { changes, deletedItems, items } from "./outbox.js";

/** @typedef {import("./outbox-items.js").Item} Item */

/**
 * Do it as soon as nothing of that is only here; never where it was deleted instead.
 * @param {(item: Item) => boolean} isMeant
 * @param {() => unknown} act
 * @param {AbortController} [watching] ended when that is no longer wanted
 */
export async function onceSent(isMeant, act, watching = new AbortController()) {
  const { signal } = watching;
  /** @type {Set<string>} */
  const waited = new Set();
  const look = async () => {
    const here = (await items()).filter(isMeant);
    for (const { id } of here) waited.add(id);
    if (here.length || signal.aborted) return;
    watching.abort();
    const deleted = await deletedItems();
    if (![...waited].some((id) => deleted.has(id))) act();
  };
  changes.addEventListener("change", look, { signal });
  await look();
}

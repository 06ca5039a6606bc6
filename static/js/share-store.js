// @ts-check
/**
 * What was shared from other apps and belongs to no audit yet: drafts of whoever was signed in.
 *
 * @typedef {{name: string, media: string, modified: number, base64: string}} SharedFile
 * @typedef {{key: string, text: string, files: SharedFile[]}} Shared
 */

import { all } from "./store.js";
import { uuid7 } from "./uuid7.js";

const PLACE = "shared/";

/** A new key. @param {string} account empty: nobody was signed in */
export function keyOfShared(account) {
  return `${account}/${PLACE}${uuid7()}`;
}

/** Everything shared by an account, or while nobody was signed in; the oldest first. @param {string} account @returns {Promise<Shared[]>} */
export async function sharedBy(account) {
  return (await all("drafts"))
    .filter(({ key }) => key.startsWith(`${account}/${PLACE}`) || key.startsWith(`/${PLACE}`))
    .map(({ key, form }) => ({ key, ...form }));
}

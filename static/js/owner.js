// @ts-check
/** Whose outbox it is on this page, and on which device: everything in the outbox works on this account's items alone. */

import { deviceId } from "./store.js";
import { uuid7 } from "./uuid7.js";

let account = "";
let device = "";

/**
 * Say whose outbox it is.
 * @param {string} principal
 */
export async function openFor(principal) {
  account = principal;
  device = await deviceId(uuid7);
}

/** The account, and the id of this device. */
export function owner() {
  return { account, device };
}

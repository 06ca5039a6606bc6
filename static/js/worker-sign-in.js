// @ts-check
/** Somebody signs in, who need not be the one that had the phone before. */

import { changeState } from "./phone-state.js";

export const SIGN_IN = "/sign-in";

/**
 * Once a password was taken no page is shown from the phone until the server has sent one that says whose it is: where
 * it is slow, that would be a page of whoever was here before, and what is written on it would be theirs. Their pages
 * stay kept for when they come again.
 * @param {Request} request
 * @returns {Promise<Response>}
 */
export async function signIn(request) {
  const answer = await fetch(request);
  const isTaken = answer.type === "opaqueredirect"; // what is refused comes back with the form
  if (isTaken) await changeState({ account: "", visit: crypto.randomUUID() });
  return answer;
}

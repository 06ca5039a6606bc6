// @ts-check
/** A signature that was drawn on this phone, kept in the outbox with its picture. */

import { isoWithOffset } from "./clock.js";
import { digest } from "./develop.js";
import { status } from "./dom.js";
import { onceSent } from "./once-sent.js";
import * as outbox from "./outbox.js";
import { say } from "./texts.js";
import { uuid7 } from "./uuid7.js";

/**
 * @param {string} audit
 * @param {string} object what the outbox calls it
 * @param {{what: string, name: string, role?: string, text: string, version?: string, content_sha256?: string, way?: string}} said
 *   `way`: the phone was passed to them where it isn't said
 * @param {ArrayBuffer} picture PNG
 * @param {import("./entry-row.js").NewEntry[]} [before] entries that go with it, before it
 */
export async function keepSignature(audit, object, said, picture, before = []) {
  const [id, sha256, moment] = [uuid7(), await digest(picture), isoWithOffset()];
  const hash = await digest(/** @type {ArrayBuffer} */ (new TextEncoder().encode(said.text).buffer));
  const body = { way: "passed", ...said, signed_at: moment, picture: sha256, text_sha256: hash };
  const entry = { kind: "signed", audit, id, object, body };
  const facts = { taken_at: moment, subject: "", place: "" };
  const ready = { sha256, entry: id, kind: "signed" };
  await outbox.put([...before, entry], [{ audit, observation: object, bytes: picture, media: "image/png", facts, ready }]);
}

/**
 * Say in the place of something that it is signed: only here until entry and picture are on the server.
 * @param {Element} place
 * @param {string} object what the outbox calls it
 */
export async function showSigned(place, object) {
  const said = status("wait", "phone", say("sign.here"));
  place.replaceWith(said);
  await onceSent(
    (item) => item.object === object,
    () => said.replaceWith(status("ok", "check", say("sign.done"))),
  );
}

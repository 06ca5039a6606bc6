// @ts-check
/**
 * Takes what another app shares with the installed one: written to the phone at once, a network or not, then the page
 * that asks where it belongs. Whoever is signed in here when it is shared owns it; with nobody, whoever comes next.
 */

import { isoWithOffset } from "./clock.js";
import { phoneState } from "./phone-state.js";
import { keyOfShared } from "./share-store.js";
import { write } from "./store.js";

export const SHARE = "/share";

/** @param {Request} request @returns {Promise<Response>} */
export async function takeShare(request) {
  try {
    const form = await request.formData();
    const { account } = await phoneState();
    const words = ["title", "text", "url"].map((name) => String(form.get(name) ?? "").trim());
    const files = form.getAll("photos").filter((file) => typeof file !== "string" && file.size > 0);
    const shared = {
      text: [...new Set(words)].filter(Boolean).join("\n"),
      files: await Promise.all(files.map((file) => toFile(/** @type {File} */ (file)))),
    };
    const draft = { key: keyOfShared(account), account, audit: "", saved_at: isoWithOffset(), camera: false, form: shared };
    if (shared.text || shared.files.length) await write(["drafts"], (tx) => tx.objectStore("drafts").put(draft));
    return Response.redirect(SHARE, 303);
  } catch {
    return Response.redirect(`${SHARE}?failed`, 303);
  }
}

/** As text, so that a draft stays something that can be exported. @param {File} file */
async function toFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  const piece = 0x8000;
  for (let at = 0; at < bytes.length; at += piece) binary += String.fromCharCode(...bytes.subarray(at, at + piece));
  return { name: file.name, media: file.type, modified: file.lastModified, base64: btoa(binary) };
}

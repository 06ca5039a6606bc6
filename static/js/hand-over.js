// @ts-check
/** Handing a file to somebody nearby: by what the phone shares with, else as a download. */

import { isoWithOffset } from "./clock.js";
import { download } from "./download.js";

/**
 * @param {Blob} blob JSON
 * @returns {Promise<void>} also where the person thought better of it
 */
export async function handOver(blob) {
  const name = `clausewalk-${isoWithOffset().slice(0, 16).replace(/[-:]/g, "").replace("T", "-")}`;
  // Several browsers share no .json; whoever takes the file in looks at its content, not at its name.
  const files = [
    new File([blob], `${name}.json`, { type: "application/json" }),
    new File([blob], `${name}.txt`, { type: "text/plain" }),
  ];
  const file = files.find((one) => navigator.canShare?.({ files: [one] }));
  if (!file) return download(`${name}.json`, blob);
  try {
    await navigator.share({ files: [file] });
  } catch (error) {
    // It took too long to make the file, or nothing takes it: a download needs no leave.
    if (/** @type {DOMException} */ (error).name !== "AbortError") download(`${name}.json`, blob);
  }
}

// @ts-check
/** Sizes as people read them. */

const KB = 1024;

/** @param {number} bytes */
export function sizeOf(bytes) {
  if (bytes < KB * KB) return `${Math.max(bytes && 1, Math.round(bytes / KB))} KB`;
  if (bytes < KB * KB * KB) return `${(bytes / KB / KB).toFixed(1)} MB`;
  return `${(bytes / KB / KB / KB).toFixed(1)} GB`;
}

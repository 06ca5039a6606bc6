// @ts-check
/** Ids of entries: UUIDv7 (RFC 9562), made on the device, so that nothing has to be asked before it is kept. */

let lastTime = 0;
let counter = 0;

/**
 * A new UUIDv7. Within one page ids rise strictly, even when the clock stands still or is set back.
 * @returns {string} lower-case, with dashes
 */
export function uuid7() {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    counter = ((random[0] << 8) | random[1]) & 0x7ff; // room above, so that a burst does not overflow
  } else if (++counter > 0xfff) {
    lastTime += 1;
    counter = 0;
  }
  random[2] = 0x80 | (random[2] & 0x3f);
  const time = lastTime.toString(16).padStart(12, "0");
  const version = "7" + counter.toString(16).padStart(3, "0");
  const rest = Array.from(random.subarray(2), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

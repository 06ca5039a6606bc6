// @ts-check
/** The device's clock, written down as it is: what it says and how far it is from UTC. */

/**
 * ISO 8601 with milliseconds and the device's offset, such as `2026-11-18T10:42:07.120+08:00`.
 * @param {Date} [moment]
 * @returns {string}
 */
export function isoWithOffset(moment = new Date()) {
  const minutes = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(minutes);
  const offset = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0")).join(":");
  return `${local}${minutes < 0 ? "-" : "+"}${offset}`;
}

/**
 * Hours and minutes on the device's clock, for "saved 10:42".
 * @param {Date} [moment]
 */
export function hourMinute(moment = new Date()) {
  return [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * The date on the device's clock, `2026-11-18`.
 * @param {Date} [moment]
 */
export function dayOf(moment = new Date()) {
  return isoWithOffset(moment).slice(0, 10);
}

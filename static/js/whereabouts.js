// @ts-check
/**
 * Where the phone is and which way its camera looks, for photos of an audit that wants to know. Nothing is asked for
 * before that, and a photo never waits for it.
 *
 * @typedef {{position?: [number, number, number], heading?: number}} Whereabouts latitude and longitude in degrees (WGS 84),
 *   accuracy in metres; where the camera looks, in degrees clockwise from north
 */

/** Older than this, it says where somebody was, not where the photo was taken. */
const FRESH_MS = 60_000;
const WATCH = { enableHighAccuracy: true, maximumAge: FRESH_MS / 2 };

/** @type {{at: number, position: [number, number, number]} | undefined} */
let place;
/** @type {{at: number, heading: number} | undefined} */
let direction;

/** Begin to follow the phone. Without permission or a signal, photos go without. */
export function follow() {
  navigator.geolocation?.watchPosition(
    ({ coords: { latitude, longitude, accuracy } }) => {
      const position = /** @type {[number, number, number]} */ ([latitude, longitude, Math.round(accuracy)]);
      place = { at: Date.now(), position };
    },
    () => undefined,
    WATCH,
  );
  addEventListener("deviceorientationabsolute", (event) => {
    const heading = cameraHeading(/** @type {DeviceOrientationEvent} */ (event));
    if (heading !== undefined) direction = { at: Date.now(), heading };
  });
}

/**
 * Where the back of the phone points, from its angles (W3C Device Orientation and Motion, appendix A).
 * @param {DeviceOrientationEvent} event
 * @returns {number | undefined}
 */
export function cameraHeading({ alpha, beta, gamma }) {
  if (alpha === null || beta === null || gamma === null) return undefined;
  const [a, b, c] = [alpha, beta, gamma].map((degrees) => (degrees * Math.PI) / 180);
  const east = -Math.cos(a) * Math.sin(c) - Math.sin(a) * Math.sin(b) * Math.cos(c);
  const north = -Math.sin(a) * Math.sin(c) + Math.cos(a) * Math.sin(b) * Math.cos(c);
  return (Math.round((Math.atan2(east, north) * 180) / Math.PI) + 360) % 360;
}

/** What is known now. @returns {Whereabouts} */
export function whereabouts() {
  const isFresh = (/** @type {{at: number} | undefined} */ one) => one && Date.now() - one.at < FRESH_MS;
  return {
    ...(place && isFresh(place) ? { position: place.position } : {}),
    ...(direction && isFresh(direction) ? { heading: direction.heading } : {}),
  };
}

// @ts-check
/**
 * The camera in the page: no switch to another app, so the phone has no reason to kill the page.
 *
 * @typedef {{bytes: ArrayBuffer, media: string}} Shot
 * @typedef {"denied" | "none"} NoCamera
 * @typedef {"let-go"} LetGo nobody wants it any more: it was stopped while it began
 */

const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 3072 } };
/** A picture from the video is as good as the sensor's from here on, and many times faster. */
const LARGE_ENOUGH = 2560;
const QUALITY = 0.92;

/** Whether the browser would give the camera without asking. @returns {Promise<boolean>} */
export async function isCameraGranted() {
  try {
    const permission = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") });
    return permission.state === "granted";
  } catch {
    return false; // a browser that doesn't know this permission asks when the camera starts
  }
}

const KNOWN = "camera=1";
const YEAR_S = 31_536_000;

/**
 * Remember whether the picture comes by itself, so that the server leaves room for it (capture.py): else the page jumps
 * under the finger when it comes.
 * @param {boolean} comes
 */
export function remember(comes) {
  if (comes === document.cookie.split("; ").includes(KNOWN)) return;
  document.cookie = `${KNOWN}; Path=/; SameSite=Lax; Max-Age=${comes ? YEAR_S : 0}`;
}

export class Camera {
  /** @param {HTMLVideoElement} video where the picture is seen */
  constructor(video) {
    this.video = video;
    /** @type {MediaStream | undefined} */
    this.stream = undefined;
    /** How often it was stopped: a start during which that happens ends with it. */
    this.stops = 0;
  }

  /** Whether a shot can be taken now. */
  get live() {
    return this.stream !== undefined && this.video.videoWidth > 0;
  }

  /**
   * Ask for the camera and show its picture.
   * @returns {Promise<NoCamera | LetGo | undefined>} why there is none
   */
  async start() {
    if (!navigator.mediaDevices?.getUserMedia) return "none";
    const { stops } = this;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    } catch (error) {
      const denied = error instanceof DOMException && ["NotAllowedError", "SecurityError"].includes(error.name);
      return denied ? "denied" : "none";
    }
    const [track] = stream.getVideoTracks();
    if (stops !== this.stops) {
      track.stop(); // it came after all, and its light with it
      return "let-go";
    }
    this.stream = stream;
    this.video.srcObject = stream;
    track.addEventListener("ended", () => this.stop());
    try {
      await this.video.play();
    } catch (error) {
      if (stops !== this.stops) return "let-go"; // a picture that is taken away before it shows says so as an error
      throw error;
    }
    return undefined;
  }

  /** Let go of the camera: the lamp goes out, the battery rests. */
  stop() {
    this.stops += 1;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
    this.video.srcObject = null;
  }

  /** @returns {Promise<Shot>} what the camera sees now */
  async shoot() {
    const [track] = /** @type {MediaStream} */ (this.stream).getVideoTracks();
    const longest = Math.max(this.video.videoWidth, this.video.videoHeight);
    const still = longest < LARGE_ENOUGH && "ImageCapture" in globalThis ? await takePhoto(track) : undefined;
    const blob = still ?? (await this.grab());
    return { bytes: await blob.arrayBuffer(), media: blob.type };
  }

  /** The video's own picture. @returns {Promise<Blob>} */
  grab() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d", { alpha: false })?.drawImage(this.video, 0, 0);
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("empty picture"))), "image/jpeg", QUALITY);
    });
  }

  /** Whether the camera has a lamp that can be lit. */
  get hasTorch() {
    const [track] = this.stream?.getVideoTracks() ?? [];
    return Boolean(/** @type {any} */ (track?.getCapabilities?.())?.torch);
  }

  /** @param {boolean} lit */
  async torch(lit) {
    const [track] = this.stream?.getVideoTracks() ?? [];
    await track?.applyConstraints(/** @type {any} */ ({ advanced: [{ torch: lit }] }));
  }
}

/**
 * The sensor's own picture, larger than the video.
 * @param {MediaStreamTrack} track
 * @returns {Promise<Blob | undefined>}
 */
async function takePhoto(track) {
  try {
    const capture = new /** @type {any} */ (globalThis).ImageCapture(track);
    return await capture.takePhoto();
  } catch {
    return undefined; // some cameras refuse while the video runs: then the video's picture
  }
}

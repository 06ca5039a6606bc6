// @ts-check
/**
 * A pad to sign on: `[data-pad]` holds a canvas and the buttons `[data-undo]` and `[data-clear]`. The library is loaded
 * from this server when the first pad is there, and not before. Ink is dark on white in either theme: it is printed.
 */

const LIBRARY = new URL("../vendor/signature_pad.umd.min.js", import.meta.url).href;
/** The longest side of the picture that is kept, in pixels. */
const LONGEST = 1200;
/** @type {Promise<void> | undefined} */
let loading;

/** @returns {Promise<void>} once `SignaturePad` is there; fails where this server isn't reached and nothing is kept */
function library() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = LIBRARY;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      loading = undefined;
      reject(new Error("signature_pad"));
    });
    document.head.append(script);
  });
  return loading;
}

/**
 * @param {HTMLElement} root `[data-pad]`
 * @param {(empty: boolean) => void} changed called after each stroke, and when one is taken back
 */
export async function openPad(root, changed) {
  await library();
  const canvas = /** @type {HTMLCanvasElement} */ (root.querySelector("canvas"));
  const pad = new SignaturePad(canvas, { backgroundColor: "#fff", penColor: "#12181a" });
  const [undo, clear] = ["undo", "clear"].map(
    (name) => /** @type {HTMLButtonElement} */ (root.querySelector(`[data-${name}]`)),
  );
  const told = () => {
    undo.disabled = clear.disabled = pad.isEmpty();
    changed(pad.isEmpty());
  };
  const fit = () => {
    const strokes = pad.toData();
    const { width, height } = canvas.getBoundingClientRect();
    const scale = Math.min(Math.max(devicePixelRatio, 1), LONGEST / Math.max(width, height, 1));
    [canvas.width, canvas.height] = [width, height].map((side) => Math.round(side * scale));
    canvas.getContext("2d")?.scale(scale, scale);
    pad.clear();
    pad.fromData(strokes);
  };
  undo.addEventListener("click", () => {
    pad.fromData(pad.toData().slice(0, -1));
    told();
  });
  clear.addEventListener("click", () => {
    pad.clear();
    told();
  });
  pad.addEventListener("endStroke", told);
  new ResizeObserver(fit).observe(canvas);
  fit();
  told();
  root.dataset.ready = "";
  return {
    isEmpty: () => pad.isEmpty(),
    /** The picture as a data address. */
    picture: () => pad.toDataURL("image/png"),
  };
}

// @ts-check
/**
 * Loads htmx from the CDN if that answers with the right bytes at once, else from this server. A plain script tag
 * against a dead network would hold the page for many seconds; here the fetch is given up after a moment.
 *
 * `<meta name="clausewalk-cdn" content="address of htmx on the CDN, or empty" data-integrity="sha384-…">`
 */

const PATIENCE_MS = 1_500;
const OWN = new URL("../vendor/htmx.min.js", import.meta.url).href;

/** @type {Promise<"cdn" | "own"> | undefined} */
let loading;

// htmx would look at every attribute of every element of the page it finds: a stop has thousands, few of them its own.
document.addEventListener("htmx:before:process", (event) => {
  if (event.target !== document.body) return;
  event.preventDefault();
  for (const one of document.querySelectorAll("[hx-get], [hx-post]")) htmx.process(one);
});

// htmx looks for the target when a request is asked for. What waited for the one before it would find that one's target,
// which the answer has replaced, and would not be told: "saved" would stay beside what was refused.
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail;
  if (ctx.target?.id && !ctx.target.isConnected) ctx.target = document.getElementById(ctx.target.id) ?? ctx.target;
});

/** Resolves with where htmx came from; one that failed may be asked for again. */
export function load() {
  loading ??= fetchIt().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @returns {Promise<"cdn" | "own">} */
async function fetchIt() {
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="clausewalk-cdn"]'));
  const [url, integrity] = [meta?.content ?? "", meta?.dataset.integrity ?? ""];
  if (url && (await answers(url, integrity))) {
    try {
      await run(url, integrity);
      return "cdn";
    } catch {
      // it answered a moment ago and fails now: the copy here does not
    }
  }
  await run(OWN, integrity);
  return "own";
}

/** @param {string} url @param {string} integrity */
async function answers(url, integrity) {
  try {
    const response = await fetch(url, {
      integrity,
      mode: "cors",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.arrayBuffer(); // the whole of it, in time and with the right hash
    return response.ok;
  } catch {
    return false;
  }
}

/** @param {string} url @param {string} integrity @returns {Promise<void>} */
function run(url, integrity) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: url, integrity, crossOrigin: "anonymous", async: false });
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error(`no script at ${url}`)));
    document.head.append(script);
  });
}

// @ts-check
/**
 * The program's own files: kept whole, each with its hash, in a cache named by the build. A page of another build that
 * lies in a page cache gets the present file of the same name, as the server would answer it.
 *
 * @typedef {import("./worker.js").Build} Build
 */

const PREFIX = "clausewalk-shell-";
const PATIENCE_MS = 4_000;
const LANGUAGES = ["zh", "en"];

/** @param {Build} program */
const cacheName = ({ build }) => PREFIX + build;
/** @param {Build} program @param {string} name */
const address = ({ build }, name) => `/static/${build}/${name}`;

/**
 * Keep every file. Fails as a whole if one is missing or has other bytes: the browser tries again at the next visit,
 * and what was kept by then isn't fetched again.
 * @param {Build} program
 */
export async function keepShell(program) {
  const cache = await caches.open(cacheName(program));
  await Promise.all(
    Object.entries(program.files).map(async ([name, hash]) => {
      const url = address(program, name);
      if (await cache.match(url)) return;
      await cache.put(url, await right(url, `sha256-${hash}`));
    }),
  );
}

/** Names of files that aren't here, though they were: browsers make room without asking. @param {Build} program */
export async function missingFiles(program) {
  const cache = await caches.open(cacheName(program));
  const names = Object.keys(program.files);
  const kept = await Promise.all(names.map((name) => cache.match(address(program, name))));
  return names.filter((_, place) => !kept[place]);
}

/** What to show instead of a page that isn't here. @param {Build} program */
export async function keepOfflinePages(program) {
  const cache = await caches.open(cacheName(program));
  await Promise.all(
    LANGUAGES.map(async (language) => {
      const url = offlineUrl(language);
      const response = await fetch(url, { credentials: "omit", cache: "no-store" });
      if (!response.ok || !response.headers.has("Clausewalk-Account")) throw new TypeError(`no ${url}`);
      await cache.put(url, response);
    }),
  );
}

/** @param {Build} program @param {string} language @returns {Promise<Response>} */
export async function offlinePage(program, language) {
  const cache = await caches.open(cacheName(program));
  const url = offlineUrl(LANGUAGES.includes(language) ? language : LANGUAGES[0]);
  return (await cache.match(url)) ?? Response.error();
}

/** @param {string} language */
function offlineUrl(language) {
  return `/offline?lang=${language}`;
}

/** Bytes with this hash, or an error. @param {string} url @param {string} integrity */
async function right(url, integrity) {
  try {
    return await whole(fetch(url, { integrity }));
  } catch {
    // What the browser's own cache holds under this address may be another build's file: ask the server itself.
    return whole(fetch(url, { integrity, cache: "reload" }));
  }
}

/** @param {Promise<Response>} coming */
async function whole(coming) {
  const response = await coming;
  if (!response.ok) throw new TypeError(`${response.status} ${response.url}`);
  return response;
}

/** @param {Build} program */
export async function dropOldShells(program) {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== cacheName(program));
  await Promise.all(names.map((name) => caches.delete(name)));
}

/**
 * A static file. Files of this build and of one that already waits never need the network; those of another build are
 * asked for first, because a page that came from the network just now may be newer than this worker.
 * @param {Build} program
 * @param {Request} request
 * @param {URL} url
 */
export async function answerFile(program, request, url) {
  const kept = await caches.match(url.pathname);
  if (kept) return kept;
  const [, , build, ...rest] = url.pathname.split("/");
  const name = rest.join("/");
  if (build !== program.build) {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => undefined);
    if (fresh?.ok && !fresh.redirected && !isForeign(fresh, name)) return fresh;
  }
  return name in program.files ? fileAnswer(program, name) : fetch(request);
}

/** A captive portal answers every address with a page of its own. @param {Response} response @param {string} name */
function isForeign(response, name) {
  return !name.endsWith(".html") && (response.headers.get("Content-Type") ?? "").startsWith("text/html");
}

/** A file of this build; from the server where the browser dropped it from the cache. @param {Build} program @param {string} name */
export async function fileAnswer(program, name) {
  const url = address(program, name);
  const kept = await caches.match(url);
  return kept ?? right(url, `sha256-${program.files[name]}`);
}

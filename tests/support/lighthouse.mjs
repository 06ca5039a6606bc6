// Lets Lighthouse judge pages as a phone shows them: one Chromium, and for each page storage of its own.
// Takes `{chromium, args, categories, pages: [{name, url, cookies}]}`, and prints a line of JSON for each page.
import process from "node:process";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

/** @typedef {{name: string, url: string, cookies: Record<string, string>}} Asked */

const { chromium, args, categories, pages } = JSON.parse(process.argv[2]);
const FLAGS = {
  onlyCategories: categories,
  extraHeaders: { "Accept-Language": "zh-CN" },
  // A new context holds nothing to clear, and its service worker stays where Lighthouse watches it.
  disableStorageReset: true,
  skipAboutBlank: true, // see `ready`
  maxWaitForFcp: 60_000,
  maxWaitForLoad: 90_000,
};

/** Without the icon Chromium would ask for one, and its console would complain to whatever comes next. */
const EMPTY = '<link rel="icon" href="data:,">';

/** What took points away, and where. @param {any} report @returns {string[]} */
function failures(report) {
  return Object.values(report.categories)
    .flatMap(({ auditRefs }) => auditRefs)
    .map(({ id, weight }) => ({ weight, ...report.audits[id] }))
    .filter(({ weight, score }) => weight && score !== null && score < 1)
    .map(({ id, score, details }) => `${id} ${score}: ${JSON.stringify(details?.items ?? []).slice(0, 1000)}`);
}

/**
 * A page whose process runs already, though nothing of the site was loaded: the trace of a process that begins with
 * the navigation may miss its start, and a trace without that can't be judged.
 * @param {import("puppeteer-core").BrowserContext} context @param {string} url
 */
async function ready(context, url) {
  const page = await context.newPage();
  await page.setRequestInterception(true);
  page.on("request", (request) => void request.respond({ contentType: "text/html", body: EMPTY }));
  await page.goto(new URL("/-", url).href);
  page.removeAllListeners("request");
  await page.setRequestInterception(false);
  return page;
}

/** @param {import("puppeteer-core").Browser} browser @param {Asked} asked */
async function judge(browser, { name, url, cookies }) {
  const context = await browser.createBrowserContext();
  const { hostname: domain } = new URL(url);
  await context.setCookie(...Object.entries(cookies).map(([key, value]) => ({ name: key, value, domain })));
  const report = (await lighthouse(url, FLAGS, undefined, await ready(context, url))).lhr;
  await context.close();
  if (report.runtimeError) throw new Error(`${name}: ${report.runtimeError.message}`);
  const scores = Object.values(report.categories).map(({ id, score }) => [id, Math.round(100 * score)]);
  return { name, url: report.finalDisplayedUrl, scores: Object.fromEntries(scores), failures: failures(report) };
}

const browser = await puppeteer.launch({ executablePath: chromium, args });
try {
  for (const asked of pages) process.stdout.write(`${JSON.stringify(await judge(browser, asked))}\n`);
} finally {
  await browser.close();
}

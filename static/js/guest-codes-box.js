// @ts-check
/** `[data-guest-codes=<audit>]`: the codes of the offline pack that let somebody in now, with no network too. */

import { el } from "./dom.js";
import { keptCodes } from "./guest-codes.js";

const box = /** @type {HTMLElement} */ (document.querySelector("[data-guest-codes]"));

async function show() {
  const [now, account] = [Date.now(), document.documentElement.dataset.account ?? ""];
  const codes = (await keptCodes(account, box.dataset.guestCodes ?? "")).filter(
    ({ starts, ends }) => Date.parse(starts) <= now && now < Date.parse(ends),
  );
  box.hidden = codes.length === 0;
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-role]"))) {
    const code = codes.find(({ role }) => role === place.dataset.role);
    place.hidden = !code;
    if (!code) continue;
    const src = `data:image/svg+xml;base64,${code.picture}`;
    const picture = el("img", { src, alt: place.dataset.alt ?? "", width: "224", height: "224" });
    place.querySelector("[data-code]")?.replaceChildren(picture);
  }
}

void show();

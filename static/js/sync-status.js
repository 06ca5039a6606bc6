// @ts-check
/**
 * How many things are only on this phone: `[data-on-this-phone]` with a `[data-count]` in it, hidden while there are
 * none. When the session ran out it says so and leads to sign-in instead.
 */

import { calmly } from "./calmly.js";
import { status } from "./dom.js";
import { changes, items } from "./outbox.js";
import { events, trouble } from "./sync.js";
import { say } from "./texts.js";

const show = calmly(async () => {
  const count = (await items()).length;
  const signedOut = trouble() === "session";
  // On the installed app's icon; a browser without it, or a tab, does nothing.
  void (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => undefined);
  for (const badge of /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll("[data-on-this-phone]")
  )) {
    badge.hidden = count === 0;
    badge.dataset.k = signedOut ? "nc" : "wait";
    badge.href = signedOut ? signInUrl() : "/outbox";
    const number = badge.querySelector("[data-count]");
    if (number) number.textContent = String(count);
  }
  for (const line of document.querySelectorAll("[data-sync-status]")) {
    const words = signedOut
      ? status("nc", "lock", say("sign.in.again"))
      : count
        ? status("wait", "phone", say("only.here.n", { n: count }))
        : "";
    line.replaceChildren(words);
  }
});

/** Where to sign in and come back from. */
export function signInUrl() {
  return `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
}

changes.addEventListener("change", () => void show());
events.addEventListener("status", () => void show());
void show();

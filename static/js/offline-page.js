// @ts-check
/**
 * The page for what isn't on the phone. Whoever reads it may not be the one who recorded: of unsent work it says how
 * many there are, and exports them; nothing of their content is shown.
 */

import { handOver } from "./hand-over.js";
import { exportOutbox } from "./outbox-export.js";
import { itemsOf } from "./outbox-items.js";
import { phoneState } from "./phone-state.js";

const page = /** @type {HTMLElement} */ (document.querySelector("[data-offline]"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (page.querySelector(name));

async function show() {
  const signedIn = Boolean((await phoneState()).account);
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (page.querySelectorAll("[data-when]"))) {
    one.hidden = (one.dataset.when === "signed-in") !== signedIn;
  }
  const count = (await itemsOf()).length;
  part("[data-waiting]").hidden = count === 0;
  part("[data-count]").textContent = String(count);
  part("[data-export]").hidden = count === 0;
}

part("[data-again]").addEventListener("click", (event) => {
  event.preventDefault();
  location.reload();
});
part("[data-export]").addEventListener("click", async () => {
  await handOver(await exportOutbox({ everybody: true }));
});
addEventListener("online", () => location.reload());
void show();

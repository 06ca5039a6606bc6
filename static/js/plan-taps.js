// @ts-check
/** Waits for the first tap that concerns the plan: the sheet of `plan-change.js` is not fetched before. */

document.addEventListener("click", async (event) => {
  const button = /** @type {HTMLElement | null} */ (
    /** @type {HTMLElement} */ (event.target).closest("[data-plan-change], [data-plan-do], [data-plan-undo]")
  );
  if (button) (await import("./plan-change.js")).tapped(button);
});
// The page brings its buttons disabled: a tap before this script is here would be lost without a word.
for (const event of ["htmx:after:swap", "clausewalk:refreshed"]) document.addEventListener(event, enable);
enable();

function enable() {
  for (const button of document.querySelectorAll("[data-plan-change], [data-plan-undo]"))
    button.removeAttribute("disabled");
}

export {};

// @ts-check
/** Where this page runs, as far as it decides what is kept here. */

/** In WeChat's own browser: no service worker, storage that goes without notice. */
export function isWeChat() {
  return /MicroMessenger/i.test(navigator.userAgent);
}

/**
 * In a tab on iPhone or iPad: the system may purge what isn't used for seven days, and the installed app has an
 * outbox of its own.
 */
export function isIosTab() {
  const isIos = /iPhone|iPad/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return isIos && !matchMedia("(display-mode: standalone)").matches;
}

// @ts-check
/**
 * On every auditor's page, before sign-in too: says when this phone can't work offline here, because the address is no
 * secure context or the browser is WeChat's, and registers the service worker where it can.
 */

import { isWeChat } from "./browser-kind.js";
import { el, icon } from "./dom.js";
import { say } from "./texts.js";
import { register } from "./worker-client.js";

const notice = document.getElementById("not-offline");
if (notice && !globalThis.isSecureContext) notice.hidden = false;
if (isWeChat()) {
  const way = el("p", { class: "note", "data-k": "nc", "data-wechat": "" }, icon("warn"), el("span", {}, say("wechat")));
  document.querySelector("main")?.prepend(way);
}
if (!document.documentElement.dataset.account) void import("./send-for-others.js");
void register();

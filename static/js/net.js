// @ts-check
/**
 * One request to our server, and what its answer means for things that are kept here until they are safe.
 * Only an answer that is certainly ours counts; everything else — a captive portal's page, a redirect, a proxy's
 * error, silence — is `later`, and nothing is dropped because of it.
 *
 * @typedef {{kind: "ok", response: Response, json: any}
 *   | {kind: "session"} | {kind: "device"} | {kind: "network"} | {kind: "too-large", ours: boolean}
 *   | {kind: "refused", reason: string, detail: string}
 *   | {kind: "later", status: number, response: Response | undefined}} Answer
 */

import { isoWithOffset } from "./clock.js";

const PATIENCE_MS = 45_000;
/** Statuses by which our own server says that these bytes will never be taken. */
const FINAL = new Set([400, 415, 422]);
/** What a server says when a request broke off on the way to it: nothing is wrong with the bytes. */
const BROKEN_OFF = "sender_gone";

/**
 * @param {string} url
 * @param {RequestInit} init
 * @param {{device: string, credential?: string}} sender with a credential the session isn't looked at
 * @returns {Promise<Answer>}
 */
export async function request(url, init, { device, credential = "" }) {
  const headers = new Headers(init.headers);
  headers.set("Clausewalk", "1");
  headers.set("Clausewalk-Clock", isoWithOffset());
  headers.set("Clausewalk-Device", device);
  headers.set("Accept", "application/json");
  if (credential) headers.set("Authorization", `Clausewalk-Device ${credential}`);
  let response;
  let json;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    response = await fetch(url, {
      ...init,
      headers,
      signal,
      redirect: "manual",
      credentials: "same-origin",
      cache: "no-store",
    });
    json = await body(response);
  } catch {
    return { kind: "network" };
  }
  return meaning(response, json);
}

/** @param {Response} response @returns {Promise<any>} undefined unless it is JSON */
async function body(response) {
  const text = await response.text(); // read to the end: an answer cut short is no answer
  if (!/^application\/(?:\S+\+)?json\b/.test(response.headers.get("Content-Type") ?? "")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {Response} response @param {any} json @returns {Answer} */
function meaning(response, json) {
  if (response.ok) return { kind: "ok", response, json };
  if (response.status === 401) return { kind: json?.error === "device" ? "device" : "session" };
  if (response.status === 413) return { kind: "too-large", ours: json?.error === "too_large" };
  if (FINAL.has(response.status) && typeof json?.error === "string" && json.error !== BROKEN_OFF) {
    return { kind: "refused", reason: json.error, detail: String(json.message ?? json.detail ?? "") };
  }
  return { kind: "later", status: response.status, response };
}

// @ts-check
/**
 * Posts waiting entries in batches and settles each by what the server names it.
 *
 * An entry goes when everything it names has arrived, so a refused one holds up only what depends on it.
 * Before the first attempt an entry is marked `attempted`, durably: from then on its characters are frozen.
 *
 * @typedef {import("./store.js").StoredEntry} StoredEntry
 * @typedef {"" | "session" | "device" | "network" | "server"} Trouble `device`: the credential ended
 */

import { announce } from "./outbox-changes.js";
import { request } from "./net.js";
import { noteReceipts } from "./receipts.js";
import { all, mark, write } from "./store.js";

const MAX_ENTRIES = 200;
const MAX_BYTES = 1024 * 1024;
/** Says "somebody else is signed in", not "this entry is bad": it waits for its own account. */
const OTHER_SENDER = "not_sender";
const SAFE = new Set(["stored", "already", "held"]);
const UTF8 = new TextEncoder();

/**
 * How many entries of an audit go together; shrinks when the server chokes, so that one bad entry is found.
 * @type {Map<string, number>}
 */
const limits = new Map();

/**
 * Send everything that may go now.
 * @param {import("./credential.js").Sender} owner
 * @param {Set<string>} tried ids that got no answer we understand in this run; grows
 * @returns {Promise<{trouble: Trouble, progress: boolean}>}
 */
export async function sendEntries(owner, tried) {
  let progress = false;
  /** @type {Trouble} */
  let trouble = "";
  for (;;) {
    const batch = nextBatch(
      (await all("entries")).filter((row) => row.account === owner.account),
      tried,
    );
    if (!batch.length) return { trouble, progress };
    await freeze(batch);
    if (!batch.length) continue; // deleted a moment ago
    const { audit } = batch[0];
    const answer = await request(
      `/audits/${audit}/entries`,
      {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: `[${batch.map((row) => row.raw).join(",")}]`,
      },
      owner,
    );
    if (answer.kind === "session" || answer.kind === "device" || answer.kind === "network") {
      await release(batch, answer.kind);
      return { trouble: answer.kind, progress };
    }
    if (answer.kind === "ok" && Array.isArray(answer.json?.results)) {
      const settled = await settle(batch, answer.json);
      progress ||= settled > 0;
      limits.set(audit, Math.min(MAX_ENTRIES, 2 * (limits.get(audit) ?? MAX_ENTRIES)));
      for (const row of batch) tried.add(row.id);
      if (settled < batch.length) trouble = "server";
    } else {
      trouble = "server";
      await choke(batch, answer, tried);
    }
  }
}

/**
 * The server choked on the batch: find the entry that it is, without holding up the others for ever.
 * @param {StoredEntry[]} batch
 * @param {import("./net.js").Answer} answer
 * @param {Set<string>} tried
 */
async function choke(batch, answer, tried) {
  // One entry alone is never too large for our server (`entry-row.js` sees to that): something else says so.
  const tooLarge = answer.kind === "too-large" && batch.length > 1;
  if (batch.length > 1) limits.set(batch[0].audit, Math.floor(batch.length / 2));
  // Too large: halves go at once. Anything else: leave the server in peace until the next run.
  if (!tooLarge) for (const row of batch) tried.add(row.id);
  await release(batch, answer.kind === "refused" ? answer.reason : "server");
}

/** @param {StoredEntry[]} rows @param {Set<string>} tried @returns {StoredEntry[]} entries of one audit */
function nextBatch(rows, tried) {
  const here = new Set(rows.map((row) => row.id));
  const ready = rows.filter(
    (row) => row.state !== "refused" && !tried.has(row.id) && !row.needs.some((id) => here.has(id)),
  );
  /** @type {StoredEntry[]} */
  const batch = [];
  let bytes = 2;
  for (const row of ready) {
    if (row.audit !== ready[0].audit) continue;
    bytes += UTF8.encode(row.raw).length + 1;
    const full = batch.length >= (limits.get(row.audit) ?? MAX_ENTRIES) || bytes > MAX_BYTES;
    if (full && batch.length) break;
    batch.push(row);
  }
  return batch;
}

/** @param {StoredEntry[]} batch */
async function freeze(batch) {
  const frozen = await mark(
    "entries",
    batch.map((row) => row.id),
    { attempted: true, state: "sending" },
  );
  batch.splice(0, batch.length, ...frozen); // what is sent is what was frozen, even if it was edited a moment ago
  announce();
}

/** Back to waiting. @param {StoredEntry[]} batch @param {string} reason */
async function release(batch, reason) {
  await mark(
    "entries",
    batch.map((row) => row.id),
    { state: "waiting", reason },
  );
  announce();
}

/**
 * Drop what the server has, keep what it refused with its reason, leave the rest waiting.
 * @param {StoredEntry[]} batch
 * @param {{results: any[], accepts: string}} answer
 * @returns {Promise<number>} how many are decided
 */
async function settle(batch, { results, accepts }) {
  const named = new Map(results.map((result) => [result?.id, result]));
  const safe = batch.filter(({ id }) => SAFE.has(named.get(id)?.status));
  await write(["entries"], async (tx) => {
    for (const { id } of safe) await tx.objectStore("entries").delete(id);
  });
  let decided = safe.length;
  for (const { id } of batch) {
    const { status, reason = "", detail = "" } = named.get(id) ?? {};
    if (SAFE.has(status)) continue;
    const isFinal = status === "refused" && reason !== OTHER_SENDER;
    await mark("entries", [id], isFinal ? { state: "refused", reason, detail } : { state: "waiting", reason: reason || "server" });
    decided += Number(isFinal);
  }
  await noteReceipts(
    safe.map((row) => ({
      id: row.id,
      type: "entry",
      kind: row.kind,
      object: row.object,
      standing: named.get(row.id).status,
      accepts,
      check: String(named.get(row.id).seq ?? ""),
    })),
  );
  announce();
  return decided;
}

// Uploads one file with the stock tus client: stops after the first chunk, then resumes from the address it had got.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { Upload } from "tus-js-client";

const [endpoint, token, path] = process.argv.slice(2);
const bytes = readFileSync(path);
const chunkSize = 64 * 1024;

/** @param {string | null} uploadUrl @param {boolean} cut @returns {Promise<{url: string | null, from: number[]}>} */
function send(uploadUrl, cut) {
  return new Promise((resolve, reject) => {
    /** @type {number[]} */
    const from = [];
    const upload = new Upload(bytes, {
      endpoint,
      uploadUrl,
      chunkSize,
      retryDelays: null,
      metadata: { sha256: createHash("sha256").update(bytes).digest("hex"), filetype: "image/jpeg", filename: "p.jpg" },
      headers: { Cookie: `clausewalk=${token}`, Clausewalk: "1" },
      onError: reject,
      onSuccess: () => resolve({ url: upload.url, from }),
      onChunkComplete: (_size, accepted) => {
        from.push(accepted);
        if (cut) upload.abort().then(() => resolve({ url: upload.url, from }));
      },
    });
    upload.start();
  });
}

const begun = await send(null, true);
const finished = await send(begun.url, false);
process.stdout.write(JSON.stringify({ size: bytes.length, begun: begun.from, finished: finished.from }));

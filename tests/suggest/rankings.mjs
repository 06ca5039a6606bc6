// Reads [{text, schemes}, …] from stdin, writes for each what the phone's ranking says.
import { readFileSync } from "node:fs";
import { Ranker, stem } from "../../static/js/suggest.js";

const model = JSON.parse(readFileSync(process.argv[2], "utf8"));
const rankers = new Map();
const { questions, words } = JSON.parse(readFileSync(0, "utf8"));
const rankings = questions.map(({ text, schemes }) => {
  const key = schemes.join();
  if (!rankers.has(key)) rankers.set(key, new Ranker(model, schemes));
  return rankers.get(key).rank(text);
});
process.stdout.write(JSON.stringify({ rankings, stems: words.map(stem) }));

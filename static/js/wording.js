// @ts-check
/**
 * Wording help beside the form of a finding: what a stranger would miss, and what does not belong into it. The server
 * says the same by the same patterns (`server/audit/wording.py`); nothing is ever corrected or held up by it.
 *
 * `[data-wording]` holds one hidden `[data-code]` for each warning, with a `q` for the words that led to it.
 *
 * @typedef {{kind: string, department: string, statement: string, evidence: string, requirement: string}} Finding
 * @typedef {{code: string, words: string}} Remark
 */

/**
 * @param {Finding} finding
 * @param {Record<string, string[]>} patterns
 * @returns {Remark[]}
 */
export function remarks(finding, patterns) {
  /** @param {string} code @param {string} text */
  const search = (code, text) => new RegExp(patterns[code].join("|"), "iu").exec(text)?.[0];
  /** @param {string[]} codes */
  const found = (codes) =>
    codes.flatMap((code) => {
      const words = search(code, finding.statement);
      return words === undefined ? [] : [{ code, words }];
    });
  if (finding.kind === "opportunity") return found(["opportunity_breach"]);
  const made = found(["cause", "solution"]);
  if (!finding.requirement) made.push({ code: "no_requirement", words: "" });
  if (!finding.evidence) return [...made, { code: "no_evidence", words: "" }];
  const text = `${finding.statement}\n${finding.evidence}`;
  /** @param {string} what */
  const says = (what) => search(what, text) !== undefined;
  /** @type {[string, boolean][]} */
  const checks = [
    ["no_place", finding.department !== "" || says("place")],
    ["no_time", says("time")],
    ["no_identity", says("identity")],
    ["no_sample", says("sample")],
    ["no_person", says("person") || says("read")],
  ];
  return [...made, ...checks.filter(([, isThere]) => !isThere).map(([code]) => ({ code, words: "" }))];
}

/** @param {HTMLFormElement} form @returns {Finding} */
function read(form) {
  const fields = new FormData(form);
  /** @param {string} name */
  const both = (name) => `${fields.get(`${name}.zh`) ?? ""}\n${fields.get(`${name}.en`) ?? ""}`.trim();
  return {
    kind: form.dataset.finding ?? "",
    department: String(fields.get("department") ?? "").trim(),
    statement: both("statement"),
    evidence: both("evidence"),
    requirement: both("requirement"),
  };
}

/** @param {HTMLElement} list */
function help(list) {
  const form = list.closest("form");
  if (!form) return;
  const patterns = JSON.parse(list.dataset.wording ?? "{}");
  const show = () => {
    const finding = read(form);
    const said = finding.statement ? remarks(finding, patterns) : [];
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[data-code]"))) {
      const remark = said.find(({ code }) => code === line.dataset.code);
      line.hidden = remark === undefined;
      const words = line.querySelector("q");
      if (words && remark) words.textContent = remark.words;
    }
  };
  form.addEventListener("input", show);
  show();
}

for (const list of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-wording]"))) help(list);

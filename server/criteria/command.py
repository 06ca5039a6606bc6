"""``clausewalk checklists``: check the data, list it, show a crosswalk between two editions."""

from __future__ import annotations

import gzip
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from server.criteria import check
from server.criteria.diff import between_lists, between_standards, in_words
from server.criteria.install import install, own_folder
from server.criteria.load import Criteria, CriteriaError, read_alone
from server.criteria.model import Standard
from server.criteria.sheet import read_sheet, write_sheet
from server.criteria.suggest.compile import compile_terms, to_bytes
from server.criteria.suggest.rank import FILE
from server.settings import data_root


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add ``checklists`` with its actions; each sets ``run``."""
    checklists = subparsers.add_parser("checklists")
    actions = checklists.add_subparsers(
        dest="action",
        required=True,
        metavar="ACTION",
    )
    checking = actions.add_parser("check", help="name what is wrong in the data, with file, line and reason")
    checking.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="file or folder; default: all that is in use here"
    )
    listing = actions.add_parser("list", help="standards with their clauses, checklists with their items")
    listing.add_argument("--json", action="store_true", help="as JSON, for programs")
    forms = actions.add_parser("forms", help="report forms with their elements")
    forms.add_argument("--json", action="store_true", help="as JSON, for programs")
    crosswalk = actions.add_parser("crosswalk", help="what became of each number from one edition to another")
    crosswalk.add_argument("old", metavar="FROM", help='an edition: "ISO 9001:2015" or "GB/T 19001-2016"')
    crosswalk.add_argument("new", metavar="TO", help='another of the same scheme: "ISO 9001:2026"')
    crosswalk.add_argument("--json", action="store_true", help="as JSON, for programs")
    diff = actions.add_parser("diff", help="what changed between two versions, in words")
    diff.add_argument("old", metavar="OLD", type=Path, help="a file or folder as it was")
    diff.add_argument("new", metavar="NEW", type=Path, help="the same as it is now")
    reading = actions.add_parser("import", help="make a list from a spreadsheet (docs/checklists.md)")
    reading.add_argument("sheet", metavar="FILE.xlsx", type=Path, help="the spreadsheet")
    reading.add_argument(
        "-o", "--output", metavar="FILE.toml", type=Path, required=True, help="the list to write"
    )
    writing = actions.add_parser("export", help="a list as a spreadsheet, to change and import")
    writing.add_argument("list", metavar="ID", help="as `clausewalk checklists list` names it")
    writing.add_argument(
        "-o", "--output", metavar="FILE.xlsx", type=Path, required=True, help="the spreadsheet to write"
    )
    actions.add_parser("compile", help="pack the words of checklists/terms for phone and server")
    checklists.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Do what ``args.action`` says: 0, or 2 for bad data, whose problems go to stderr, one a line."""
    if args.action == "check":
        return check.main(args.paths, own_folder(args.settings.data))
    if args.action == "diff":
        return _diff(args.old, args.new)
    installed = install(own_folder(args.settings.data))
    if installed.problems:
        check.print_problems(CriteriaError(installed.problems))
        return check.BAD_INPUT
    criteria = installed.criteria
    if args.action == "import":
        return _import(args.sheet, args.output, installed.folders)
    if args.action == "export":
        return _export(criteria, args.list, args.output)
    if args.action == "crosswalk":
        return _crosswalk(criteria, args)
    if args.action == "compile":
        return _compile(criteria)
    if args.action == "list":
        _show_lists(criteria, as_json=args.json)
    else:
        _show_forms(criteria, as_json=args.json)
    return 0


def _import(path: Path, output: Path, standing: Sequence[Path]) -> int:
    """Nothing is written where a cell is wrong."""
    try:
        text = read_sheet(path, path.read_bytes(), standing)
    except OSError as error:
        print(f"{path}: cannot be read: {error.strerror or error}", file=sys.stderr)
        return check.BAD_INPUT
    except CriteriaError as error:
        for problem in error.problems:
            print(f"{problem.file}: {problem.reason}" if not problem.line else problem, file=sys.stderr)
        return check.BAD_INPUT
    output.write_text(text, encoding="utf-8")
    print(f"{output}: {text.count('[[items]]')} items")
    return 0


def _export(criteria: Criteria, name: str, output: Path) -> int:
    checklist = criteria.written.get(name)
    if checklist is None:
        known = ", ".join(criteria.written)
        print(f"clausewalk checklists export: there is no list {name}; there are {known}", file=sys.stderr)
        return check.BAD_INPUT
    write_sheet(checklist, output)
    print(f"{output}: {len(checklist.items)} items")
    return 0


def _diff(old: Path, new: Path) -> int:
    try:
        before, after = read_alone([old]), read_alone([new])
    except CriteriaError as error:
        check.print_problems(error)
        return check.BAD_INPUT
    found = between_standards(before.standards, after.standards) + between_lists(before.lists, after.lists)
    for one in map(in_words, found):
        print(f"{one.zh}\n  {one.en}")
    if not found:
        print("没有不同 · no difference")
    return 0


def _compile(criteria: Criteria) -> int:
    path = data_root("static") / FILE
    content = to_bytes(compile_terms(criteria.terms.values()))
    path.write_bytes(content)
    print(f"{path}: {len(content)} bytes, {len(gzip.compress(content, mtime=0))} compressed")
    return 0


def _show_lists(criteria: Criteria, *, as_json: bool) -> None:
    if as_json:
        _print_json(
            {
                "standards": [_standard(standard) for standard in criteria.standards.values()],
                "lists": list(criteria.lists.values()),
            }
        )
        return
    for standard in criteria.standards.values():
        print(f"{standard.id}\t{standard.gb}\t{len(standard.auditable)} auditable clauses\t{standard.status}")
    for checklist in criteria.lists.values():
        print(f"{checklist.id}\t{checklist.kind}\t{len(checklist.items)} items\t{checklist.title.zh}")


def _show_forms(criteria: Criteria, *, as_json: bool) -> None:
    if as_json:
        _print_json({"forms": list(criteria.forms.values())})
        return
    for form in criteria.forms.values():
        print(f"{form.id}\t{len(form.elements)} elements\t{form.title.zh}")


def _crosswalk(criteria: Criteria, args: Namespace) -> int:
    try:
        crosswalk = criteria.crosswalk(args.old, args.new)
    except (ValueError, LookupError) as error:
        print(f"clausewalk checklists crosswalk: {error}", file=sys.stderr)
        return check.BAD_INPUT
    if args.json:
        _print_json(
            {
                "from": crosswalk.from_,
                "to": crosswalk.to,
                "confidence": crosswalk.confidence,
                "remark": crosswalk.remark,
                "rows": crosswalk.rows,
            }
        )
        return 0
    print(f"{crosswalk.from_}\t{crosswalk.to}\tconfidence: {crosswalk.confidence}")
    for row in crosswalk.rows:
        note = row.note.zh if row.note else ""
        print("\t".join((" ".join(row.from_) or "—", " ".join(row.to) or "—", row.relation, note)).rstrip())
    return 0


def _standard(standard: Standard) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(standard)
    auditable = {clause.number for clause in standard.auditable}
    for clause, written in zip(standard.clauses, shown["clauses"], strict=True):
        written["auditable"] = clause.number in auditable
        written["confidence"] = standard.confidence_of(clause)
    return shown


def _print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n")

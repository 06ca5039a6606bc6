"""``clausewalk suggest``: the clauses that a text speaks of, for people and, as JSON, for programs."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec

from server.criteria.load import Criteria, load_criteria
from server.criteria.model import SCHEME_LETTERS
from server.criteria.suggest.rank import Suggestion, ranker
from server.settings import data_root

BAD_INPUT = 2
SHOWN = 5
_USUAL = ("QMS", "EMS", "OHSMS")


class Question(msgspec.Struct, frozen=True):
    """One line of ``--jsonl``."""

    text: str
    scheme: str | list[str] = ""


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add ``suggest``, which sets ``run``."""
    suggest = subparsers.add_parser("suggest")
    suggest.add_argument(
        "--scheme",
        action="append",
        default=[],
        help="QMS, EMS, OHSMS … or their letter; may be repeated; default: these three",
    )
    suggest.add_argument("--json", action="store_true", help="as JSON, for programs")
    suggest.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"text", "scheme"} from stdin, one a line; answer each with a line of JSON',
    )
    suggest.add_argument("text", metavar="TEXT", nargs="*", help="what was written; default: stdin")
    suggest.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Answer the text, or every line of stdin: 0, or 2 with one line on stderr for bad input."""
    try:
        schemes = [_scheme(name) for name in args.scheme] or list(_USUAL)
        if args.jsonl:
            _answer_lines(schemes)
        else:
            text = " ".join(args.text) or sys.stdin.read()
            answer = _answer(text.strip(), schemes)
            _print_json(answer) if args.json else _print(answer)
    except ValueError as error:
        print(f"clausewalk suggest: {error}", file=sys.stderr)
        return BAD_INPUT
    return 0


def _answer_lines(schemes: Sequence[str]) -> None:
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            question = msgspec.json.decode(line, type=Question)
            named = [question.scheme] if isinstance(question.scheme, str) else question.scheme
            wanted = [_scheme(name) for name in named if name] or schemes
        except (msgspec.DecodeError, ValueError) as error:
            raise ValueError(f"line {number}: {error}") from error
        _print_json(_answer(question.text, wanted))


def _scheme(name: str) -> str:
    known = {scheme.upper(): scheme for scheme in SCHEME_LETTERS}
    known |= {letter.upper(): scheme for scheme, letter in SCHEME_LETTERS.items()} | {"S": "OHSMS"}
    if name.strip().upper() not in known:
        raise ValueError(f"unknown scheme {name}; one of {', '.join(SCHEME_LETTERS)}")
    return known[name.strip().upper()]


def _answer(text: str, schemes: Sequence[str]) -> dict[str, Any]:
    if not text:
        raise ValueError('write a text, as in: clausewalk suggest --scheme QMS "3 gauges overdue"')
    found = ranker(tuple(dict.fromkeys(schemes))).rank(text)
    return {"text": text, "clauses": [_clause(one) for one in found]}


def _clause(found: Suggestion) -> dict[str, Any]:
    return {
        "clause": found.number,
        "scheme": found.scheme,
        "standard": _criteria().standard_of(found.scheme).id,
        "score": round(found.score, 3),
        "because": found.because,
    }


@cache
def _criteria() -> Criteria:
    return load_criteria(data_root("checklists"))


def _print(answer: dict[str, Any]) -> None:
    criteria = _criteria()
    for clause in answer["clauses"][:SHOWN]:
        standard = criteria.standard_of(clause["scheme"])
        title = next((one.title for one in standard.clauses if one.number == clause["clause"]), None)
        words = "、".join(clause["because"])
        print(
            f"{standard.letter}{clause['clause']}\t{title.zh if title else ''}\t{clause['score']:g}\t{words}"
        )


def _print_json(answer: dict[str, Any]) -> None:
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")

"""Reading days, moments, numbers and clauses as people write them. `ValueError` carries (zh, en)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, tzinfo
from typing import Any

from server.audit.entries import Clause
from server.audit.interchange.words import NAMES, WRITTEN, lookup, plain
from server.criteria.clauses import parse_clause
from server.criteria.model import ClauseRef, letter_of

_LARGEST = 1e15
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YES = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
_AROUND = re.compile(r"[第§条款\s]")
_LETTERED = re.compile(r"(\d[\d.]*?)\.?\s*\(?[a-z]\)")


class Unreadable(ValueError):
    """A value that can't be understood, with the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def shown(value: Any) -> str:
    """A value as a message shows it: short, in quotes where it is text."""
    text = f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def text(value: Any) -> str:
    """Text exactly as written; a bare number becomes its digits."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise Unreadable(f"应为文本，不是{shown(value)}", f"must be text, not {_type_name(value)}")


def day(value: Any) -> str:
    """An ISO day from 2026-05-18, 2026/5/18, 2026.5.18, 2026年5月18日 or the beginning of a moment."""
    written = plain(text(value))
    match = _DAY.match(written)
    rest = written[match.end() :] if match else written
    try:
        if match is None or (rest and rest[0] not in "T "):
            raise ValueError
        return date(*(int(part) for part in match.groups())).isoformat()
    except ValueError:
        raise Unreadable(
            f"{shown(value)}不是日期，应写成2026-05-18", f"{shown(value)} is no day; write it like 2026-05-18"
        ) from None


def moment(value: Any, zone: tzinfo) -> datetime:
    """A moment; one without an offset is in the audit's zone."""
    written = plain(text(value))
    match = _DAY.match(written)
    try:
        if match is None or match.end() == len(written):
            raise ValueError
        clock = written[match.end() :].strip().lstrip("Tt").strip()
        parsed = datetime.fromisoformat(f"{day(match[0])}T{clock.replace(' ', '')}")
    except ValueError:
        raise Unreadable(
            f"{shown(value)}不是时间，应写成2026-05-18T08:30:00+08:00",
            f"{shown(value)} is no moment; write it like 2026-05-18T08:30:00+08:00",
        ) from None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=zone)


def number(value: Any, *, whole: bool) -> int | float:
    """A number, written as one or in quotes."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = float(plain(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST:
        if not whole:
            return float(value)
        if value == int(value):
            return int(value)
    zh, en = ("整数", "a whole number") if whole else ("数字", "a number")
    raise Unreadable(f"应为{zh}，不是{shown(value)}", f"must be {en}, not {shown(value)}")


def boolean(value: Any) -> bool:
    """true or false, also written as a word."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and plain(value).casefold() in _YES:
        return _YES[plain(value).casefold()]
    raise Unreadable(f"应为true或false，不是{shown(value)}", f"must be true or false, not {shown(value)}")


def word(value: Any, vocabulary: str) -> str:
    """Our word for a word of the file."""
    written = text(value)
    found = lookup(vocabulary, written)
    if found is None:
        zh, en = NAMES[vocabulary]
        raise Unreadable(
            f"{shown(written)}不是{zh}，可用的有：{WRITTEN[vocabulary]}",
            f"{shown(written)} is no {en}; there are {WRITTEN[vocabulary]}",
        )
    return found


def clauses(value: Any) -> list[Clause]:
    """The clauses that a code ("E/O8.1") or an object (scheme, clause, outcome) names."""
    if not isinstance(value, dict):
        written = text(value)
        return [Clause(scheme=ref.scheme, number=ref.number) for ref in _parse(_bare(written), written)]
    if not value.get("clause"):
        raise Unreadable("缺少条款编号clause", "the clause number, clause, is missing")
    if not value.get("scheme"):
        raise Unreadable("缺少体系scheme", "the scheme is missing")
    scheme, written = word(value["scheme"], "scheme"), text(value["clause"])
    outcome = word(value["outcome"], "outcome") if value.get("outcome") else ""
    code = _bare(written)
    refs = _parse(f"{letter_of(scheme)}{code}" if code[:1].isdigit() else code, written)
    if any(ref.scheme != scheme for ref in refs):
        raise Unreadable(
            f"{shown(written)}不是{scheme}的条款", f"{shown(written)} is not a clause of scheme {scheme}"
        )
    return [Clause(scheme=scheme, number=ref.number, outcome=outcome) for ref in refs]


def _bare(code: str) -> str:
    """`第8.5.1条 f)` is clause 8.5.1: items of a clause have no number of their own."""
    return _LETTERED.sub(r"\1", _AROUND.sub("", plain(code))).rstrip(".。")


def _parse(code: str, written: str) -> list[ClauseRef]:
    try:
        return parse_clause(code)
    except ValueError as error:
        raise Unreadable(
            f"{shown(written)}不是条款，应写成Q8.5.1或E/O8.2（体系字母加条款号）",
            f"{shown(written)} is no clause, write it like Q8.5.1 or E/O8.2: {error}",
        ) from None


def _type_name(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")

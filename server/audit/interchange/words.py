"""The file's words and ours: what each word at the border stands for inside."""

from __future__ import annotations

import re
import unicodedata
from typing import get_args

from server.audit.entries import Meeting
from server.audit.setup import Role, StopType
from server.criteria.model import SCHEME_LETTERS, EvidenceKind, Outcome

_SCHEME_NAMES = {
    "S": "OHSMS",
    "质量": "QMS",
    "环境": "EMS",
    "职业健康安全": "OHSMS",
    "能源": "EnMS",
    "食品安全": "FSMS",
}


def plain(text: str) -> str:
    """A word without the accidents of typing: full-width characters narrowed, blanks around taken off."""
    return unicodedata.normalize("NFKC", text).strip()


def _key(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", plain(word)).casefold()


def _table(ours: tuple[str, ...], **others: str) -> dict[str, str]:
    """Accepted word → ours. Our own words are accepted too, so that an export can be imported."""
    words = {_key(word): word for word in ours}
    for word, spellings in others.items():
        words |= {_key(spelling): word for spelling in spellings.split()}
    return words


WORDS: dict[str, dict[str, str]] = {
    "scheme": {_key(letter): scheme for scheme, letter in SCHEME_LETTERS.items()}
    | {_key(scheme): scheme for scheme in SCHEME_LETTERS}
    | {_key(name): scheme for name, scheme in _SCHEME_NAMES.items()},
    "outcome": _table(
        get_args(Outcome),
        conform="符合",
        improve="ofi 改进机会",
        nonconform="nc nonconformity 不符合",
        not_seen="未抽到",
        not_applicable="n/a na 不适用",
    ),
    "evidence": _table(
        get_args(EvidenceKind),
        document="查 文件",
        sample="record_sample 抽",
        site="看 现场",
        interview="问",
        measurement="测",
        claim="称",
    ),
    "role": _table(
        (*get_args(Role), "guide"),
        leader="组长",
        auditor="member 组员 审核员",
        trainee="实习审核员",
        expert="technical_expert 技术专家",
        interpreter="翻译",
        observer="观察员",
        witness="witness_assessor 见证人员",
        guide="向导",
    ),
    "stop": _table(
        get_args(StopType),
        opening="首次会议",
        closing="末次会议",
        team_meeting="组内交流",
        client_talk="client_meeting",
        **{"break": "lunch 午休"},
    ),
    "grade": _table(("major", "minor"), major="严重", minor="轻微 一般"),
    "meeting": _table(get_args(Meeting), opening="首次会议", closing="末次会议"),
}
"""Vocabulary → accepted spelling (as `_key`) → our word."""

WRITTEN: dict[str, str] = {
    "scheme": "Q, EC, E, O, En, F, H",
    "outcome": "conform, ofi, nonconform, not_seen, not_applicable",
    "evidence": "document, record_sample, site, interview, measurement, claim",
    "role": "leader, member, trainee, technical_expert, interpreter, observer, witness_assessor, guide",
    "stop": "opening, audit, team_meeting, client_talk, closing, break, other",
    "grade": "major, minor",
    "meeting": "opening, closing",
}
"""Vocabulary → the words a file is asked to use, for refusals."""

NAMES: dict[str, tuple[str, str]] = {
    "scheme": ("体系", "scheme"),
    "outcome": ("结果", "outcome"),
    "evidence": ("证据方式", "kind of evidence"),
    "role": ("角色", "role"),
    "stop": ("场次类型", "kind of slot"),
    "grade": ("不符合等级", "grade"),
    "meeting": ("会议", "meeting"),
}


def lookup(vocabulary: str, word: str) -> str | None:
    """Our word for a word of the file, or None if it is none of that vocabulary."""
    return WORDS[vocabulary].get(_key(word))


def time_zone(written: str) -> str | None:
    """The IANA name of a zone as files write it: itself, or that of an offset ("+08:00" is Shanghai's)."""
    name = plain(written)
    if re.fullmatch(r"[A-Za-z]+(?:/[A-Za-z0-9_+-]+){0,2}", name):
        return name
    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?00)?", name)
    if offset is None or int(offset[2]) > 14:
        return None
    if offset[1] == "+" and int(offset[2]) == 8:
        return "Asia/Shanghai"
    if int(offset[2]) == 0:
        return "UTC"
    # The names under Etc count westward: Etc/GMT-9 is nine hours ahead of UTC.
    return f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"

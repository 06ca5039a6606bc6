"""The client's representative signs a nonconformity before the closing meeting: understood, not: accepted.

ISO/IEC 17021-1:2015, 9.4.5.3 (discussed, evidence accurate, understood) and 9.4.5.4 (what stays disputed).
A signature is a `signed` entry of `NONCONFORMITY/<finding>` that names the version it is for and embeds the
words that were shown. Another clause or grade afterwards needs another signature; where the words
are others, that is told wherever the signature is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from server.audit import followup
from server.audit.entries import Finding, SignedBody, Text
from server.audit.state import State, Thing
from server.criteria.model import LANGUAGES, Language, Word

NONCONFORMITY = "nonconformity"
_DISSENT: dict[Language, str] = {"zh": "不同意见：", "en": "Differing opinion: "}

_OPENING = Text(zh="不符合 ", en="Nonconformity ")
"""Begins what is signed, and so tells the language in which it was read."""

Standing = Literal["unsigned", "signed", "changed", "reworded"]
"""changed: it was signed, but for other clauses or another grade; reworded: with other words."""


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """Who signed last, and on which day or at which moment, as the signature says it."""

    standing: Standing
    name: str = ""
    signed_at: str = ""
    signature: SignedBody | None = None


def what_of(finding: str) -> str:
    """What a signature of this nonconformity says it signs."""
    return f"{NONCONFORMITY}/{finding}"


def signed_finding(body: SignedBody) -> str:
    """The finding that a signature is of; "" for a signature of anything else."""
    kind, _, finding = body.what.partition("/")
    return finding if kind == NONCONFORMITY else ""


def acknowledgement(state: State, thing: Thing[Finding]) -> Acknowledgement:
    """Whether the nonconformity as it stands was signed by the client, on a screen or as its file says."""
    wanted = what_of(thing.id)
    signed = [one for one in state.signatures.values() if one.what == wanted and _is_shown(one)]
    if signed:
        last = signed[-1]
        version = thing.versions.get(last.version or thing.id)
        return Acknowledgement(
            standing=_standing(thing, version.content if version else None, last.text),
            name=last.name,
            signed_at=last.signed_at,
            signature=last,
        )
    stated = _stated(thing)
    if stated is None:
        return Acknowledgement(standing="unsigned")
    moment = stated.acknowledged_at
    return Acknowledgement(
        standing=_standing(thing, stated, ""),
        name=stated.acknowledged_by,
        signed_at=moment.isoformat() if moment else "",
    )


def _is_shown(signature: SignedBody) -> bool:
    """Whether there is a picture or a sheet to look at, or a file states it: bare words are nobody's hand."""
    return bool(signature.picture or signature.attachment or signature.imported)


def may_sign(state: State, thing: Thing[Finding]) -> bool:
    """Whether the client is asked to sign: it awaits that, and is all there."""
    return awaits_signature(state, thing) and thing.current is not None and not lacking(thing.current)


def awaits_signature(state: State, thing: Thing[Finding]) -> bool:
    """Until it is signed as it stands, or closed, or all released."""
    if state.released or thing.in_conflict or followup.is_closed(state, thing.id):
        return False
    return acknowledgement(state, thing).standing != "signed"


def lacking(finding: Finding) -> list[str]:
    """The parts without which it is no nonconformity that anybody could understand, by field."""
    unsaid = [name for name, part in _parts(finding).items() if not (part.zh + part.en).strip()]
    return [*([] if finding.clauses else ["clauses"]), *unsaid]


def _stated(thing: Thing[Finding]) -> Finding | None:
    """The version in which the present acknowledgement was written down first."""
    now = thing.current
    if now is None or not now.acknowledged_by:
        return None
    said = (now.acknowledged_by, now.acknowledged_at)
    contents = [version.content for version in thing.versions.values() if version.content is not None]
    return next(one for one in contents if (one.acknowledged_by, one.acknowledged_at) == said)


def _standing(thing: Thing[Finding], signed: Finding | None, text: str) -> Standing:
    now = thing.current
    if now is None or signed is None:
        return "unsigned"
    if _weight(now) != _weight(signed):
        return "changed"
    return "signed" if _still_says(now, signed, text) else "reworded"


def _weight(finding: Finding) -> tuple[str, frozenset[str]]:
    """What a signature is about beyond the words: the grade and the clauses."""
    return finding.grade, frozenset(clause.code for clause in finding.clauses)


def _parts(finding: Finding) -> dict[str, Text]:
    return {
        "requirement": finding.requirement,
        "statement": finding.statement,
        "evidence": finding.evidence,
    }


def _still_says(now: Finding, signed: Finding, text: str) -> bool:
    """Whether what was read when `text` was signed is still there; a translation may have come beside it."""
    shown = [one for one in LANGUAGES if text.startswith(_OPENING.get(one))]
    read = shown or LANGUAGES  # a photographed sheet says no words: it may have been in either
    return all(
        {_flat(then.get(one)) for one in read} <= {_flat(part.get(one)) for one in LANGUAGES}
        for part, then in zip(_parts(now).values(), _parts(signed).values(), strict=True)
    )


def _flat(words: str) -> str:
    return " ".join(words.split())


def text_of(finding: Finding, grades: Iterable[Word]) -> Text:
    """What the client's representative is shown and signs; `grades`: the house's words for them."""
    title = next((one.title for one in grades if one.code == finding.grade), Text())
    codes, department = ", ".join(clause.code for clause in finding.clauses), finding.department
    zh = _lines(
        f"{_OPENING.zh}{finding.number}（{_listed('，', title.get('zh'), codes, department)}）",
        _labelled("要求：", finding.requirement.get("zh")),
        _labelled("陈述：", finding.statement.get("zh")),
        _labelled("证据：", finding.evidence.get("zh")),
        "我确认事实属实，并已理解这项不符合。签字表示理解，不表示接受。",
    )
    en = _lines(
        f"{_OPENING.en}{finding.number} ({_listed(', ', title.get('en'), codes, department)})",
        _labelled("Requirement: ", finding.requirement.get("en")),
        _labelled("Statement: ", finding.statement.get("en")),
        _labelled("Evidence: ", finding.evidence.get("en")),
        "The facts are true and I understand this nonconformity. Signing confirms this, not that I agree.",
    )
    return Text(zh=zh, en=en)


def with_dissent(text: str, words: str, language: Language) -> str:
    """What is signed where the client doesn't agree: their words below what they were shown."""
    return f"{text}\n{_DISSENT[language]}{words}" if words else text


def _listed(comma: str, *words: str) -> str:
    return comma.join(filter(None, words))


def _labelled(label: str, words: str) -> str:
    return f"{label}{words}" if words else ""


def _lines(*lines: str) -> str:
    return "\n".join(filter(None, lines))

"""The section on schemes: editions, scope wording, certificates and what became of them, the suspension."""

from __future__ import annotations

from typing import Any

from server.audit.setup import Setup
from server.criteria.load import Criteria
from server.criteria.model import SCHEME_LETTERS, House, Lang, Text
from server.web.setup.fields import Cell, Field, Group, Value, choice
from server.web.texts import texts

NEWER = "+"
"""Behind a scheme: the edition that its client moves to."""

_STATUSES = ("active", "suspended", "withdrawn", "cancelled", "expired", "pending")
_EVENTS = ("issued", "maintained", "suspended", "restored", "reduced", "extended", "withdrawn", "cancelled")


def scope_groups(setup: Setup, criteria: Criteria) -> tuple[Group, ...]:
    schemes = [scheme for scheme in SCHEME_LETTERS if scheme in setup.visit.schemes]
    listed = list(dict.fromkeys([*schemes, *setup.visit.schemes, *setup.certificates]))
    groups = [
        Group(
            "schemes",
            (
                Field(
                    "visit/schemes",
                    tuple(
                        Cell(scheme, "tick", word=Text(zh=_word(scheme, "zh"), en=_word(scheme, "en")))
                        for scheme in SCHEME_LETTERS
                    ),
                    unpack=lambda value: dict.fromkeys(value or [], True),
                    pack=_pack_schemes,
                ),
            ),
            reloads=True,
        ),
        Group("editions", (_editions(setup, criteria),)),
    ]
    groups += [group for scheme in listed for group in _certificate(scheme)]
    groups.append(
        Group(
            "suspension",
            (
                Field(
                    "suspension",
                    (Cell("reason.zh", "long"), Cell("reason.en", "long"), Cell("schemes", "words")),
                    pack=_pack_suspension,
                ),
            ),
        )
    )
    return tuple(groups)


def _word(scheme: str, language: Any) -> str:
    t = texts(language)
    return f"{SCHEME_LETTERS[scheme]} {t('scheme.' + scheme) if 'scheme.' + scheme in t else ''}".strip()


def _pack_schemes(made: Value, value: Value) -> Value:
    kept = [scheme for scheme in value or [] if scheme not in SCHEME_LETTERS]
    return [scheme for scheme in SCHEME_LETTERS if made.get(scheme)] + kept


def _editions(setup: Setup, criteria: Criteria) -> Field:
    """The edition, ISO and GB, that each scheme is audited against."""
    known = {one.id: one for one in criteria.standards.values()}

    def unpack(value: Value) -> Value:
        shown = {one["scheme"]: one.get("standard") or one.get("text", "") for one in value or []}
        return shown | {one["scheme"] + NEWER: one.get("transition", "") for one in value or []}

    def pack(made: Value, value: Value) -> Value:
        stood = {one["scheme"]: one for one in value or []}
        criteria_of = []
        for scheme in setup.visit.schemes:
            chosen, before = made.get(scheme, ""), stood.get(scheme, {})
            if chosen and chosen in (before.get("standard"), before.get("text")):
                criteria_of.append(before)
            elif chosen in known:
                standard = known[chosen]
                text = f"{standard.gb}/{standard.id}" if standard.gb else standard.id
                criteria_of.append({"scheme": scheme, "standard": standard.id, "text": text})
            else:
                continue
            criteria_of[-1] = {**criteria_of[-1], "transition": made.get(scheme + NEWER, "")}
        return criteria_of

    stands = {one.scheme: one for one in setup.visit.criteria}
    house = criteria.houses.get(setup.house)
    cells = []
    for scheme in setup.visit.schemes:
        options = [
            (
                one.id,
                Text(
                    zh=" / ".join(filter(None, (one.gb, one.id))) + _not_before(house, one.id, "zh"),
                    en=" / ".join(filter(None, (one.id, one.gb))) + _not_before(house, one.id, "en"),
                ),
            )
            for one in criteria.standards.values()
            if one.scheme == scheme
        ]
        criterion = stands.get(scheme)
        if criterion and not criterion.standard and criterion.text:
            options.append((criterion.text, Text(zh=criterion.text, en=criterion.text)))
        word = Text(zh=SCHEME_LETTERS.get(scheme, scheme), en=SCHEME_LETTERS.get(scheme, scheme))
        cells.append(Cell(scheme, "choice", tuple(options), word=word))
        newer = [
            option for option in options if criterion and _leads_to(criteria, criterion.standard, option[0])
        ]
        if newer:
            both = Text(zh=f"{word.zh} 换版：同时审核", en=f"{word.en} in transition: also against")
            cells.append(Cell(scheme + NEWER, "choice", tuple(newer), word=both))
    return Field("visit/criteria", tuple(cells), unpack=unpack, pack=pack)


def _not_before(house: House | None, edition: str, language: Lang) -> str:
    """From which day the house may offer an edition, where that is limited."""
    day = house.editions.get(edition) if house else None
    return texts(language)("setup.offered_from", day=day) if day else ""


def _leads_to(criteria: Criteria, older: str, newer: str) -> bool:
    return any((walk.from_, walk.to) == (older, newer) for walk in criteria.crosswalks.values())


def _certificate(scheme: str) -> tuple[Group, ...]:
    path = f"certificates/{scheme}"

    def pack(made: Value, value: Value) -> Value:
        return {**made, "scheme": scheme}

    def pack_history(made: Value, value: Value) -> Value:
        return {**(value or {}), "scheme": scheme, "history": made}

    history = (
        *(Cell("date", "day"), choice("status", "event", _EVENTS), Cell("until", "day")),
        *(Cell("reported", "day"), Cell("notice"), Cell("reason_zh"), Cell("reason_en")),
    )
    letter = SCHEME_LETTERS.get(scheme, scheme)
    certificate = Group(
        f"certificate-{scheme}",
        (
            Field(
                path,
                (
                    *(Cell("number"), choice("status", "certificate", _STATUSES)),
                    *(Cell("issued", "day"), Cell("valid_until", "day")),
                    *(Cell("scope.zh", "long"), Cell("scope.en", "long")),
                    *(Cell("professional_codes", "words"), Cell("mark")),
                ),
                pack=pack,
            ),
        ),
        title=Text(zh=f"{letter} 范围和证书", en=f"{letter}: scope and certificate"),
    )
    events = Group(
        f"history-{scheme}",
        (Field(path, history, rows=True, unpack=_history, pack=pack_history),),
        title=Text(zh=f"{letter} 证书经历（暂停、恢复……）", en=f"{letter}: what became of the certificate"),
    )
    not_applicable = Field(
        path,
        (
            Cell("clauses", "clauses"),
            Cell("reason.zh", "long", word=Text(zh="理由", en="Reason (Chinese)")),
            Cell(
                "reason.en",
                "long",
                word=Text(zh="理由（英文）", en="Reason (English)"),
            ),
        ),
        rows=True,
        unpack=lambda value: (value or {}).get("not_applicable", []),
        pack=lambda made, value: {**(value or {}), "scheme": scheme, "not_applicable": made},
    )
    left_out = Group(
        f"not-applicable-{scheme}",
        (not_applicable,),
        title=Text(zh=f"{letter} 不适用条款和理由", en=f"{letter}: clauses that do not apply, and why"),
    )
    return certificate, left_out, events


def _history(value: Value) -> Value:
    return (value or {}).get("history", [])


def _pack_suspension(made: Value, value: Value) -> Value:
    given = made or {}
    empty = not any((given.get("reason") or {}).values()) and not given.get("schemes")
    return None if empty else {**given, "schemes": [_scheme_code(one) for one in given.get("schemes") or []]}


def _scheme_code(typed: str) -> str:
    letters = {letter: code for code, letter in SCHEME_LETTERS.items()}
    return letters.get(typed, typed)

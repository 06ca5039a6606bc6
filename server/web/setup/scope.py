"""The section on schemes: editions, scope wording, certificates and what became of them, the suspension."""

from __future__ import annotations

from server.audit.setup import Setup
from server.criteria.load import Criteria
from server.criteria.model import LANGUAGES, SCHEME_LETTERS, Text, letter_of, scheme_position
from server.web import shown
from server.web.setup.editions import editions
from server.web.setup.fields import Cell, Field, Group, Value, choice

_STATUSES = ("active", "suspended", "withdrawn", "cancelled", "expired", "pending")
_EVENTS = ("issued", "maintained", "suspended", "restored", "reduced", "extended", "withdrawn", "cancelled")


def scope_groups(setup: Setup, criteria: Criteria) -> tuple[Group, ...]:
    known = list(dict.fromkeys([*criteria.schemes, *setup.visit.schemes]))
    audited = sorted(setup.visit.schemes, key=scheme_position)
    listed = list(dict.fromkeys([*audited, *setup.certificates]))
    groups = [
        Group(
            "schemes",
            (
                Field(
                    "visit/schemes",
                    tuple(Cell(scheme, "tick", word=_word(scheme, criteria)) for scheme in known),
                    unpack=lambda value: dict.fromkeys(value or [], True),
                    pack=lambda made, value: [scheme for scheme in known if made.get(scheme)],
                ),
            ),
            reloads=True,
        ),
        Group("editions", (editions(setup, criteria),)),
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


def _word(scheme: str, criteria: Criteria) -> Text:
    zh, en = (shown.scheme_of(scheme, language, criteria) for language in LANGUAGES)
    return Text(zh=f"{zh.letter} {zh.word}".strip(), en=f"{en.letter} {en.word}".strip())


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
    letter = letter_of(scheme)
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
            Cell("clauses", "clauses", schemes=(scheme,), of=scheme),
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

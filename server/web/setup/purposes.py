"""Types of an audit: several may be true, and one of them decides what must be covered."""

from __future__ import annotations

from server.criteria.model import LANGUAGES
from server.web.setup.fields import Value
from server.web.texts import texts

PURPOSES = ("initial", "recertification", "special", "restore", "change", "transition")
"""Types an audit may have beside surveillance; several can be true."""

_MAIN_TYPES = ("initial", "recertification", "surveillance")


def unpack_purposes(value: Value) -> Value:
    purposes = {one["code"]: one for one in value or []}
    shown: dict[str, Value] = {code: code in purposes for code in ("surveillance", *PURPOSES)}
    shown["no"] = purposes.get("surveillance", {}).get("no")
    other: dict[str, Value] = next((one for code, one in purposes.items() if code not in shown), {})
    return shown | {"other": other.get("text", {})}


def pack_purposes(made: Value, value: Value) -> Value:
    """Purposes as they are printed; one that stood already keeps its words."""
    stood = {one["code"]: one for one in value or []}
    found = []
    for code in ("surveillance", *PURPOSES):
        if made.get(code):
            number = made.get("no") if code == "surveillance" else None
            before = stood.get(code)
            same = before is not None and before.get("no") == number
            found.append(before if same else purpose(code, number))
    other = made.get("other") or {}
    if other.get("zh") or other.get("en"):
        found.append(
            {"code": "other", "no": None, "text": {"zh": other.get("zh", ""), "en": other.get("en", "")}}
        )
    return found


def purpose(code: str, number: int | None = None) -> Value:
    """A purpose of an audit as JSON has it."""
    return {"code": code, "no": number, "text": _purpose_words(code, number)}


def _purpose_words(code: str, number: int | None) -> dict[str, str]:
    key = "visit.surveillance_no" if code == "surveillance" and number else f"setup.purpose.{code}"
    return {language: texts(language)(key, n=number) for language in LANGUAGES}


def types_of(value: Value) -> dict[str, Value]:
    """What follows from the purposes: the type that decides what must be covered, and how it is printed."""
    codes = {one["code"]: one for one in value or []}
    main = next((code for code in _MAIN_TYPES if code in codes), "special" if codes else "surveillance")
    words = {language: texts(language)(f"setup.type.{main}") for language in LANGUAGES}
    number = codes.get("surveillance", {}).get("no")
    return {
        "visit/type": main,
        "visit/surveillance_no": number,
        "visit/type_text": words,
        "visit/cover_type": words,
    }

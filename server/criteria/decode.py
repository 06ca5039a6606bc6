"""From raw TOML to typed data, noting every problem with its line."""

from __future__ import annotations

import re
from typing import Any, TypeVar, get_args

import msgspec

from server.criteria import check_in, crosswalk, days, intervals, laws, lines, mandatory, model
from server.criteria.clauses import ANY_OWN, parse_clause
from server.criteria.document import Document
from server.criteria.model import LANGUAGES

T = TypeVar("T")
E = TypeVar("E", bound=msgspec.Struct)

_ENTRIES: dict[str, tuple[type[msgspec.Struct], str, type[msgspec.Struct]]] = {
    "standard": (model.Standard, "clauses", model.Clause),
    "crosswalk": (crosswalk.Crosswalk, "rows", crosswalk.Row),
    "laws": (laws.LawList, "laws", laws.Law),
    "list": (model.Checklist, "items", model.Item),
    "layer": (model.Layer, "changes", model.Change),
    "phrases": (model.PhraseBank, "phrases", model.Phrase),
    "terms": (model.TermList, "topics", model.Topic),
    "guidance": (model.Guidance, "guides", model.Guide),
    "card": (model.CardType, "columns", model.Column),
    "form": (model.Form, "elements", model.Element),
    "house": (model.House, "", model.Word),
    "days": (days.DayRules, "tables", days.DayTable),
    "check-in": (check_in.CheckIn, "windows", check_in.Window),
    "intervals": (intervals.Intervals, "intervals", intervals.Interval),
    "mandatory": (mandatory.Mandatory, "points", mandatory.Point),
}
"""Kind of file → its Struct, the key of its many entries, and theirs: each entry is decoded alone, so that
one check names all that are wrong and not the first only."""

WITH_CLAUSES = {
    "list": "items",
    "form": "elements",
    "mandatory": "points",
    "terms": "topics",
    "guidance": "guides",
    "phrases": "phrases",
}
"""Kind of file → the array whose entries name clauses by their codes."""

_WORDS = {
    "evidence": ("evidence word", model.EvidenceKind),
    "photo": ("photo word", model.PhotoSubject),
    "stops": ("stop word", model.StopKind),
    "points": ("surveillance point", model.SurveillancePoint),
    "letter": ("surveillance point", model.SurveillancePoint),
    "kind": ("kind of element", model.ElementKind),
    "type": ("column type", model.ColumnType),
    "filled_by": ("filled_by word", model.FilledBy),
    "status": ("status", model.Status),
    "confidence": ("confidence", model.Confidence),
    "rank": ("rank of law", laws.LawRank),
    "aspects": ("aspect", laws.Aspect),
    "relation": ("relation", crosswalk.Relation),
}
_TYPE_NAMES = {
    "str": "a text in quotes",
    "object": "a table (texts are written .zh and .en)",
    "array": "a list",
}
_TYPE_NAMES |= {"int": "a whole number", "bool": "true or false", "date": "a date like 2015-09-15"}
_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(?:(\d+)|\.\.\.)\]")


def decode(document: Document) -> msgspec.Struct | None:
    """The typed content of ``document``, or None after noting in it all that is wrong."""
    if document.problems or not document.kind:
        return None
    whole, entries_key, entry_type = _ENTRIES[document.kind]
    _refuse_floats(document, (), document.raw)
    if document.kind != "terms":  # a word need not have a counterpart in the other language
        _refuse_missing_languages(document, (), document.raw)
    raw = dict(document.raw)
    entries: list[msgspec.Struct] = []
    if isinstance(raw.get(entries_key), list):
        entries = _decode_entries(document, entries_key, entry_type)
        raw[entries_key] = []
    value = _convert(document, (), raw, whole)
    if value is None or document.problems:
        return None
    return msgspec.structs.replace(value, **{entries_key: entries}) if entries_key else value


def _decode_entries(document: Document, key: str, entry_type: type[E]) -> list[E]:
    entries = []
    for position, entry in enumerate(document.raw[key]):
        path = (key, position)
        if isinstance(entry, dict) and document.kind in WITH_CLAUSES:
            entry = _with_refs(document, path, entry)
        value = _convert(document, path, entry, entry_type)
        if value is not None:
            entries.append(value)
    return entries


def _with_refs(document: Document, path: lines.Path, entry: dict[str, Any]) -> dict[str, Any]:
    """``entry`` with its clause codes read; a code that cannot be read is refused."""
    codes = entry.get("clauses")
    if not isinstance(codes, list):
        return entry
    refs: list[dict[str, str]] = []
    for position, code in enumerate(codes):
        if not isinstance(code, str):
            continue
        try:
            refs += [{"scheme": ref.scheme, "number": ref.number} for ref in parse_clause(code, ANY_OWN)]
        except ValueError as error:
            document.refuse((*path, "clauses", position), str(error))
    return {**entry, "clauses": refs}


def _convert(document: Document, path: lines.Path, raw: Any, wanted: type[T]) -> T | None:
    try:
        return msgspec.convert(raw, wanted)
    except msgspec.ValidationError as error:
        at, reason = _explain(str(error))
        if not document.refused((*path, *at)):
            document.refuse((*path, *at), reason)
        return None


def _explain(message: str) -> tuple[lines.Path, str]:
    """Where, inside the converted value, and why, in words for who wrote the file."""
    match = _MESSAGE.fullmatch(message)
    assert match is not None, "the pattern takes any text"
    what, where = match["what"], match["path"] or ""
    path: lines.Path = tuple(name or (int(index) if index else "*") for name, index in _STEP.findall(where))
    quoted = re.findall(r"`([^`]*)`", what)
    if what.startswith("Object contains unknown field"):
        return (*path, quoted[0]), f"unknown key {quoted[0]}"
    if what.startswith("Object missing required field"):
        return (*path, quoted[0]), f"the key {quoted[0]} is missing"
    if what.startswith("Invalid enum value"):
        return path, _unknown_word(path, what.removeprefix("Invalid enum value "))
    if what.startswith("Expected") and len(quoted) == 2:
        expected, got = (
            " or ".join(_TYPE_NAMES.get(word, word) for word in part.split(" | ")) for part in quoted
        )
        return path, f"{path[-1] if path else 'the value'} must be {expected}, not {got}"
    return path, what


def _unknown_word(path: lines.Path, word: str) -> str:
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    name, words = _WORDS[field]
    return f"unknown {name} {word.strip(chr(39))}; one of {', '.join(get_args(words))}"


def _refuse_floats(document: Document, path: lines.Path, raw: Any) -> None:
    if isinstance(raw, float):
        document.refuse(
            path, f"{raw} is typed as a number; write it in quotes, because as a number 8.10 is 8.1"
        )
    for step, child in _children(raw):
        _refuse_floats(document, (*path, step), child)


def _refuse_missing_languages(document: Document, path: lines.Path, raw: Any) -> None:
    """Every text has both languages; a table whose keys are among zh and en is a text."""
    if isinstance(raw, dict) and raw and raw.keys() <= set(LANGUAGES):
        for lang, name in (("zh", "Chinese"), ("en", "English")):
            words = raw.get(lang, "")
            if isinstance(words, str) and not words.strip():
                what = next((str(step) for step in reversed(path) if isinstance(step, str)), "text")
                document.refuse((*path, lang), f"{what} has no {name} ({lang})")
        return
    for step, child in _children(raw):
        _refuse_missing_languages(document, (*path, step), child)


def _children(raw: Any) -> list[tuple[str | int, Any]]:
    if isinstance(raw, dict):
        return list(raw.items())
    return list(enumerate(raw)) if isinstance(raw, list) else []

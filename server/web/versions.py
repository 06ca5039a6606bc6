"""Two versions of an observation or a finding side by side: its author chooses part by part, and saves one.

Both stand until then. What is saved is an amendment that names every version as its base; nothing is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from server.audit.state import Thing, Version
from server.criteria.model import LANGUAGES, Language, letter_of
from server.people.principal import Principal
from server.web.guards import Case
from server.web.overview import Overview, overview
from server.web.render import language_of, page
from server.web.texts import texts

_NOT_COMPARED = frozenset({"seen_at"})
"""When it was seen: of the version whose text is chosen it says nothing new."""


@get(
    "/audits/{audit:str}/observations/{observation:str}/versions",
    opt={"needs": "audit.read"},
    include_in_schema=False,
)
async def observation_versions(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    observation: FromPath[str],
) -> Response[bytes]:
    """The versions of an observation; its author makes one of them."""
    thing = case.state.observations.get(observation)
    if thing is None:
        raise NotFoundException
    may = case.may("observation.write") and thing.first.by == principal.id and not case.state.released
    return _page(request, case, thing, "observation", may)


@get(
    "/audits/{audit:str}/findings/{finding:str}/versions",
    opt={"needs": "audit.read"},
    include_in_schema=False,
)
async def finding_versions(
    request: Request[Any, Any, Any],
    principal: NamedDependency[Principal],
    case: NamedDependency[Case],
    finding: FromPath[str],
) -> Response[bytes]:
    """The versions of a finding; its author or the leader makes one of them."""
    thing = case.state.findings.get(finding)
    if thing is None:
        raise NotFoundException
    own = thing.first.by == principal.id or case.role == "leader"
    may = case.may("finding.write") and own and not case.state.released
    return _page(request, case, thing, "finding", may)


def _page(
    request: Request[Any, Any, Any],
    case: Case,
    thing: Thing[Any],
    kind: str,
    may: bool,
) -> Response[bytes]:
    found = overview(case.criteria, case.state)
    return page(
        request,
        "pages/versions.html",
        stamp=(found.hash, case.role, kind),
        make=lambda: _context(found, case, thing, kind, may, language_of(request)),
    )


@dataclass(frozen=True, slots=True)
class Side:
    """A version that stands: who wrote it, when; `gone`: it takes the whole thing back."""

    by: str
    time: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What one version says of a part: as JSON for the form, and as words with what differs marked."""

    json: str
    words: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the content with what each version says of it."""

    key: str
    title: str
    choices: list[Choice]


def _context(
    found: Overview, case: Case, thing: Thing[Any], kind: str, may: bool, language: Language
) -> dict[str, Any]:
    standing = [thing.versions[head] for head in thing.heads]
    contents = [version.content for version in standing if version.content is not None]
    base = f"/audits/{case.state.audit}"
    back = f"{base}/observations/{thing.id}/view" if kind == "observation" else f"{base}/findings/{thing.id}"
    differing, same = _parts(contents, found, kind, language)
    return {
        "audit": case.state.audit,
        "found": found,
        "thing": thing,
        "kind": kind,
        "back": back,
        "sides": [_side(found, version) for version in standing],
        "parts": differing,
        "same": same,
        "may": may and bool(contents),
        "base": msgspec.json.encode(contents[0] if contents else {}).decode(),
        "bases": msgspec.json.encode(thing.heads).decode(),
    }


def _side(found: Overview, version: Version[Any]) -> Side:
    at = version.made_at.astimezone(found.asked.zone)
    return Side(found.name(version.by, "zh"), f"{at:%m-%d %H:%M}", version.content is None)


def _parts(
    contents: list[Any], found: Overview, kind: str, language: Language
) -> tuple[list[Part], list[tuple[str, str]]]:
    """Parts that differ, each with the choices; and those that are the same in all, with their words."""
    differing, same = [], []
    values = [msgspec.to_builtins(content) for content in contents]
    for key in values[0] if values else ():
        if key in _NOT_COMPARED:
            continue
        said = [value[key] for value in values]
        title = texts(language)(f"versions.{kind}.{key}")
        words = [_words(key, one, found, language) for one in said]
        if all(one == said[0] for one in said):
            if words[0]:
                same.append((title, words[0]))
            continue
        choices = [
            Choice(msgspec.json.encode(one).decode(), _marked(text, words[0 if place else 1]))
            for place, (one, text) in enumerate(zip(said, words, strict=True))
        ]
        differing.append(Part(key, title, choices))
    return differing, same


def _marked(text: str, other: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether the other text lacks it."""
    matcher = SequenceMatcher(None, other, text, autojunk=False)
    pieces = [(text[b1:b2], tag != "equal") for tag, _, _, b1, b2 in matcher.get_opcodes()]
    return [(piece, differs) for piece, differs in pieces if piece]


def _words(key: str, value: Any, found: Overview, language: Language) -> str:
    """A part of the content as people read it; empty where nothing is said."""
    t = texts(language)
    if key in ("outcome", "grade"):
        return str(found.asked.words(language).get(value, value))
    if key == "evidence" and isinstance(value, list):
        return " · ".join(t(f"evidence.{one['kind']}") for one in value)
    if key == "clauses":
        return "  ".join(f"{letter_of(one['scheme'])}{one['number']}" for one in value)
    if key == "observations":
        return str(len(value)) if value else ""
    if key == "auditor":
        return found.name(value, language) or ""
    if key == "marks":
        return " · ".join(t(f"record.mark.{one}") for one in value)
    return _plain(value, language)


def _plain(value: Any, language: Language) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return texts(language)("cell.yes" if value else "cell.no")
    if isinstance(value, dict):
        if set(value) <= set(LANGUAGES):
            return "\n".join(filter(None, (value.get("zh"), value.get("en"))))
        return " ".join(filter(None, (_plain(one, language) for one in value.values())))
    if isinstance(value, list):
        return "；".join(filter(None, (_plain(one, language) for one in value)))
    return str(value)


routes = [observation_versions, finding_versions]

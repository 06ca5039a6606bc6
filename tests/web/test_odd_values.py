"""Values that sync takes though no form of ours makes them: whatever they are, every page still answers.

An entry can't be taken back. One that made a page fail would make it fail for good, and with it the page on
which the value is mended.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from msgspec import Struct

from server.audit import entries
from server.audit.setup import BadPath, Setup, check_value
from server.audit.signing import hash_of
from tests.support.world import FINDING, OBSERVATION, Visitor, World, entry
from tests.web.test_rights import address, handlers

ODD = ["十一月", "9999-12-31", "", "A.5.15"]
"""Words: where a day, a clause, a grade or a code is expected, too."""
NUMBERS = [10**30, 10**400, -1, 0]
SECTIONS = [field.name for field in msgspec.structs.fields(Setup) if field.name not in ("about", "pins")]
PHOTO = "0190f111-0000-7000-8000-0000000000cc"
BODIES = {
    str(kind.__struct_config__.tag): field.type
    for kind in get_args(entries.Entry)
    for field in msgspec.structs.fields(kind)
    if field.name == "body"
    and kind.__struct_config__.tag not in ("opened", "configured", "copied", "released", "erased", "accepted")
}
KNOWN = {
    "observation": OBSERVATION,
    "finding": FINDING,
    "stop": "s2",
    "meeting": "closing",
    "meetings": ["closing"],
    "bases": [],
    "joins": "",
}
"""What an entry names of its audit, so that it is shown somewhere."""
HUGE = {"/export.zip", "/openapi.json", "/schema"}


def odd(kind: Any, turn: int) -> Any:
    """Something of this type that nobody means, as JSON has it."""
    origin, given = get_origin(kind), get_args(kind)
    if origin is Annotated:
        pattern = getattr(given[1], "pattern", None) or ""
        return "ab" * 32 if "64" in pattern else PHOTO if pattern else odd(given[0], turn)
    if origin is Literal:
        return given[turn % len(given)]
    if origin in (Union, types.UnionType):
        return odd(next(one for one in given if one is not type(None)), turn)
    if origin is list:
        return [odd(given[0], turn)]
    if origin is tuple:
        return [odd(one, turn) for one in given if one is not Ellipsis]
    if origin is dict:
        return {ODD[turn % len(ODD)] or "x": odd(given[1], turn)}
    if isinstance(kind, type) and issubclass(kind, Struct):
        return {
            field.name: KNOWN.get(field.name, odd(field.type, turn)) for field in msgspec.structs.fields(kind)
        }
    return _plain(kind, turn)


def _plain(kind: Any, turn: int) -> Any:
    if kind is str:
        return ODD[turn % len(ODD)]
    if kind is bool:
        return turn % 2 == 0
    if kind is int:
        return NUMBERS[turn % len(NUMBERS)]
    if kind is float:
        return [1e308, -1.0, 0.0, 0.5][turn % 4]
    if kind in (datetime, date):
        return "2026-11-18T10:00:00+08:00"
    return {"x": [ODD[turn % len(ODD)]]}


def taken(value: Any, section: str) -> Iterator[tuple[str, Any]]:
    """The paths of a section with what of the value is taken there."""
    parts = value if isinstance(value, dict) else {"": value}
    for key, part in parts.items():
        path = f"{section}/{key}" if key else section
        try:
            check_value(path, part)
        except BadPath:
            continue
        yield path, part


def send(visitor: Visitor, *made: dict[str, Any]) -> list[dict[str, Any]]:
    """What became of each entry."""
    answer = visitor.send(*made)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def every_page_answers(world: World, what: str) -> None:
    """Each GET of the audit as its leader sees it, and each of all audits as the office does."""
    for method, path, _ in handlers(world):
        if method != "GET" or any(part in path for part in HUGE) or path.startswith("/static"):
            continue
        _, url = address(f"GET {path}", stop="s2", observation=OBSERVATION, finding=FINDING)
        answer = world.visitor("leader" if "{audit:str}" in path or path == "/" else "office").get(url)
        assert answer.status_code < 500, f"{what}: {url}"


@pytest.mark.parametrize("section", SECTIONS)
def test_every_page_answers_whatever_is_set_up(world: World, section: str) -> None:
    kind = next(field.type for field in msgspec.structs.fields(Setup) if field.name == section)
    for turn in range(len(ODD)):
        made = [
            entry("configured", {"path": path, "value": part}, by="leader")
            for path, part in taken(odd(kind, turn), section)
        ]
        if made:
            send(world.visitor("leader"), *made)
            every_page_answers(world, f"{section} {turn}")


@pytest.mark.parametrize("kind", BODIES)
def test_every_page_answers_whatever_is_recorded(world: World, kind: str) -> None:
    bodies = [body for turn in range(len(ODD)) for body in bodies_of(kind, turn)]
    photo = entry("photographed", {"observation": OBSERVATION}, by="auditor", id=PHOTO)
    assert send(world.visitor("auditor"), photo)[0]["status"] == "stored"
    results = [
        one
        for login in ("auditor", "leader")
        for one in send(world.visitor(login), *(entry(kind, body, by=login) for body in bodies))
    ]
    assert "stored" in {one["status"] for one in results}, {one["detail"] for one in results}
    every_page_answers(world, kind)


def bodies_of(kind: str, turn: int) -> Iterator[dict[str, Any]]:
    """Bodies of a kind, one for each thing that it may be about."""
    body = odd(BODIES[kind], turn)
    if "text_sha256" in body:
        body["text_sha256"] = hash_of(body["text"])
    if "target" not in body:
        yield body
        return
    for target in (OBSERVATION, FINDING, PHOTO):
        about = body | {"target": target}
        if kind == "amended":
            field, content = {
                OBSERVATION: ("observation", entries.Observation),
                FINDING: ("finding", entries.Finding),
                PHOTO: ("photo", entries.Photo),
            }[target]
            about = {"target": target, "bases": [target], field: odd(content, turn)}
        yield about

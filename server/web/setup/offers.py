"""What a section of the set-up offers beside its fields: laws to name, earlier findings and focus to add."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec

from server.audit.calendar import iso_day
from server.audit.entries import Text
from server.audit.setup import Law, Setup
from server.audit.state import State
from server.criteria import laws as law_list
from server.criteria.load import Criteria
from server.criteria.model import Language
from server.people.principal import Principal
from server.web.made import uuid7
from server.web.services import Services
from server.web.setup import saving
from server.web.setup.earlier import focus_fields, previous_fields
from server.web.setup.fields import Field, Group
from server.web.texts import texts


@dataclass(frozen=True, slots=True)
class New:
    """The empty form of a section to which things are added one by one.

    A thing has a number or says something in `words`; else the form says `empty`.
    """

    fields: Callable[[str, Setup], tuple[Field, ...]]
    words: str
    empty: str


NEW = {
    "previous": New(previous_fields, "statement", "empty_finding"),
    "focus": New(focus_fields, "text", "empty_focus"),
}
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_OF_PRODUCTS = frozenset({"food", "food_contact", "product_quality", "consumer"})
_STATE_LAW = "中华人民共和国"


def new_group(section: str, setup: Setup) -> Group:
    """The empty form of a section."""
    return Group("new", NEW[section].fields(f"{section}/new", setup))


@dataclass(frozen=True, slots=True)
class Offer:
    """A law that isn't named yet."""

    id: str
    words: str


def laws(criteria: Criteria, setup: Setup, language: Language) -> list[tuple[str, list[Offer]]]:
    """Laws in force on the first day for the schemes of the audit that it doesn't name yet, by rank."""
    on = _first_day(setup)
    named = {_plain(law.title.zh) for law in setup.visit.laws} | {
        law.number for law in setup.visit.laws if law.number
    }
    found: dict[str, list[Offer]] = {}
    for law in criteria.laws.values():
        if not law.in_force(on) or not set(law.schemes) & set(setup.visit.schemes):
            continue
        if _plain(law.name.zh) in named or (law.rank == "standard" and law.number in named):
            continue
        number = f"{law.number} " if law.rank == "standard" else ""
        found.setdefault(law.rank, []).append(Offer(law.id, number + law.name.get(language)))
    t = texts(language)
    return [
        (t(f"setup.rank.{rank}"), found[rank])
        for rank in ("law", "regulation", "rule", "standard")
        if rank in found
    ]


async def take(services: Services, principal: Principal, state: State, typed: Mapping[str, str]) -> None:
    """Name the laws that were ticked, behind those named already."""
    chosen = [law for key, law in services.criteria.laws.items() if f"law.{key}" in typed]
    if not chosen:
        return
    listed = [*state.setup.visit.laws, *(_as_criterion(law) for law in chosen)]
    await saving.put(services, principal, state, "criteria", {"visit/laws": msgspec.to_builtins(listed)})


async def remove(services: Services, principal: Principal, state: State, section: str, group: str) -> None:
    """Take out what a group of the section describes."""
    key = group.partition("-")[2]
    if key in getattr(state.setup, section):
        await saving.put(services, principal, state, section, {f"{section}/{key}": None})


async def add(
    services: Services, principal: Principal, state: State, section: str, typed: Mapping[str, str]
) -> saving.Outcome:
    """Add what was typed; nothing is added where an input can't be understood or says nothing."""
    new = NEW[section]
    value, wrong = new_group(section, state.setup).fields[0].read(typed, {})
    if wrong:
        return saving.Outcome(wrong=wrong)
    number = value.get("number", "")
    if not number and not any(value.get(new.words, {}).values()):
        return saving.Outcome(wrong={f"{section}/new|number": new.empty})
    taken = number in getattr(state.setup, section) or not _PLAIN_KEY.fullmatch(number)
    key = uuid7(datetime.now(UTC)) if taken else number
    return await saving.put(services, principal, state, section, {f"{section}/{key}": value})


def _as_criterion(law: law_list.Law) -> Law:
    if law.rank == "standard":
        group = "product" if _OF_PRODUCTS & set(law.aspects) else "environment_safety"
        return Law(group=group, number=law.number, title=Text(zh=law.name.zh, en=law.name.en))
    prefix = _STATE_LAW if law.rank == "law" else ""
    edition = _edition(law) if law.rank == "law" else ""
    return Law(group="law", title=Text(zh=f"《{prefix}{law.name.zh}》", en=law.name.en), edition=edition)


def _edition(law: law_list.Law) -> str:
    """修正 where it was amended after it came into force; else the year since which it applies as it is."""
    began = law.valid_from.year if law.valid_from else 0
    if law.amended and began and law.amended > began:
        return f"{law.amended}年修正"
    return f"{began}年施行" if began else ""


def _plain(title: str) -> str:
    return title.removeprefix(_STATE_LAW).strip("《》").removeprefix(_STATE_LAW)


def _first_day(setup: Setup) -> date:
    return iso_day(setup.visit.start) or datetime.now(ZoneInfo(setup.time_zone)).date()

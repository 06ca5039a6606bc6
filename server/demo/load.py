"""Loading the demonstration into a data folder. Doing it again adds only what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid5

from msgspec import Struct, structs

from server.audit.admission import admit
from server.audit.entries import Amended, AmendedBody, Photo, encode
from server.audit.state import State, Thing
from server.demo import today as todays
from server.demo.accounts import DemoAccount, make_accounts, wanted_accounts
from server.demo.photos import Camera
from server.demo.sample import sample_file
from server.importing import import_file
from server.people.register import Facts, Person
from server.settings import font_dirs
from server.web.services import Services

_AT_ONCE = 2
DEVICE = "demo"


class Loaded(Struct, frozen=True, kw_only=True):
    """What the data folder holds now. `today` is the audit to walk, `first_day` its first day."""

    sample: str
    today: str
    first_day: str
    accounts: list[DemoAccount]


async def load(services: Services, day: date, tell: Callable[[str], None]) -> Loaded:
    """The sample audit with its photos, the accounts of its people, an audit that begins on `day`.

    An audit to walk that is there already is kept, whatever its day. `tell` hears how far it has come.
    """
    tell("sample audit")
    imported = await import_file(services.journal, services.blobs, services.criteria, sample_file())
    await _add_photos(services, imported.audit, tell)
    state = await services.journal.state(imported.audit)
    house = services.criteria.houses[state.setup.house].short
    tell("accounts")
    accounts = await make_accounts(
        services.accounts, services.settings.data, wanted_accounts(state.setup, house)
    )
    await services.register.add_missing(_people(state))
    audit, first_day = await _today(services, day, tell)
    return Loaded(sample=imported.audit, today=audit, first_day=first_day, accounts=accounts)


def _people(state: State) -> list[Person]:
    """The team of an audit as people of the house: its own, not the client's guides."""
    return [
        Person(
            id=principal,
            name=member.name,
            name_en=member.name_en,
            facts=Facts(registrations=member.registrations, languages=["中文"]),
        )
        for principal, member in state.setup.team.items()
    ]


async def _today(services: Services, day: date, tell: Callable[[str], None]) -> tuple[str, str]:
    """The audit to walk and its first day."""
    rows = await services.journal.audits_of(None, limit=100, search=todays.NUMBER)
    kept = next((row for row in rows if row.number.startswith(todays.NUMBER)), None)
    if kept is not None:
        tell(f"audit to walk: kept, it begins on {kept.start}")
        return kept.id, kept.start
    data = todays.file_for(sample_file(), day)
    imported = await import_file(services.journal, services.blobs, services.criteria, data)
    tell(f"audit to walk: begins on {day.isoformat()}")
    return imported.audit, day.isoformat()


async def _add_photos(services: Services, audit: str, tell: Callable[[str], None]) -> None:
    """Draw the photos whose bytes the file does not hold, two at a time."""
    state = await services.journal.state(audit)
    waiting = [(number, thing) for number, thing in enumerate(state.photos.values()) if _lacks_bytes(thing)]
    if not waiting:
        return
    camera = await asyncio.to_thread(Camera, font_dirs())
    for begin in range(0, len(waiting), _AT_ONCE):
        part = waiting[begin : begin + _AT_ONCE]
        tell(f"photos {begin + 1} to {begin + len(part)} of {len(waiting)}")
        taking = [_take(services, audit, camera, number, thing) for number, thing in part]
        made = await asyncio.gather(*taking)
        await _append(services, audit, made, state)


def _lacks_bytes(thing: Thing[Photo]) -> bool:
    return not thing.in_conflict and thing.current is not None and thing.current.sha256 is None


async def _take(services: Services, audit: str, camera: Camera, number: int, thing: Thing[Photo]) -> Amended:
    """Store the picture of a photo; the amendment that names it, by who took the photo and at that time."""
    photo = thing.current
    assert photo is not None, "only photos that stand are drawn"
    drawn = await asyncio.to_thread(camera.take, photo, number)
    sha256 = await services.blobs.put(audit, drawn.data, media="image/jpeg")
    body = AmendedBody(
        target=thing.id,
        bases=list(thing.heads),
        photo=structs.replace(
            photo, sha256=sha256, size=len(drawn.data), width=drawn.width, height=drawn.height
        ),
        reason="示例照片",
    )
    return Amended(
        id=str(uuid5(UUID(audit), f"demo|{thing.id}|{thing.heads[0]}")),
        audit=audit,
        made_at=thing.head.made_at,
        by=thing.head.by,
        device=DEVICE,
        body=body,
    )


async def _append(services: Services, audit: str, entries: list[Amended], state: State) -> None:
    raws = [encode(entry) for entry in entries if not state.has(entry.id)]
    appended = await services.journal.append(audit, raws, sender="", admit=admit)
    for result in appended.results:
        if result.status not in ("stored", "already"):
            raise RuntimeError(f"the photo's entry {result.id} was {result.status}: {result.reason}")

"""What a guide's page shows: the stops they may accompany by day, and the facts that wait for their word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from server.audit import too_early
from server.audit.entries import ConfirmedBody, PermittedBody
from server.audit.setup import Stop
from server.audit.signing import accompanied_text, what_accompanied, who
from server.audit.state import Said, State
from server.audit.walk import ordered_stops
from server.criteria.model import Language
from server.people.guests import Guest
from server.web import handed_in, shown
from server.web.handed_in import HandedIn
from server.web.render import day as date_of
from server.web.render import moment


@dataclass(frozen=True, slots=True)
class Here:
    """A stop as its guide sees it: whether they come along, what they said of pictures, if they signed.

    `planned`: when it is planned, where it is too early to sign its end.
    """

    key: str
    name: str
    hours: str
    along: bool
    pictures: str
    areas: list[PermittedBody]
    signed: HandedIn | None
    planned: str
    text: str


def days_of(state: State, guest: Guest, language: Language) -> dict[str, list[Here]]:
    """The stops by their day in the audit's zone, as `11.18`; "" for those without a time."""
    zone = state.setup.time_zone
    days: dict[str, list[Here]] = {}
    for key, stop in ordered_stops(state.setup):
        if stop.type == "audit":
            day = date_of(stop.start, zone)
            days.setdefault(day, []).append(_here(state, guest, language, key, stop))
    return days


def asked(state: State, guest: Guest) -> list[Said[ConfirmedBody]]:
    """Facts shown to this guide that they haven't answered."""
    answered = handed_in.facts(state, guest)
    return [
        one
        for said in state.confirmations.values()
        for one in said
        if one.body.of == guest.id and not one.body.asked and one.entry not in answered
    ]


def _here(state: State, guest: Guest, language: Language, key: str, stop: Stop) -> Here:
    zone, now = ZoneInfo(state.setup.time_zone), datetime.now(UTC)
    along, pictures = state.company.get(f"{key}/{guest.name}"), state.permissions.get(f"{key}/")
    areas = [
        one
        for place, thing in state.permissions.items()
        if place.startswith(f"{key}/") and (one := thing.current) and one.area
    ]
    text = accompanied_text(state, key, now.astimezone(zone).date().isoformat()).get(language)
    return Here(
        key=key,
        name=shown.stop_name(stop, state.setup, language),
        hours=shown.hours(stop, zone) if stop.start else "",
        along=bool(along and along.current and along.current.there),
        pictures=pictures.current.pictures if pictures and pictures.current else "",
        areas=areas,
        signed=handed_in.signature(state, guest, what_accompanied(key)),
        planned=moment(too_early.for_stop(state, key, now), state.setup.time_zone),
        text=text.replace("{who}", who(guest.name, guest.department, guest.position, language)),
    )

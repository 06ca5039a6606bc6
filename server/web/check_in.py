"""认证到 on the pages of the meetings and of the walk: windows, who is missing, a draft for a missed one."""

from __future__ import annotations

from dataclasses import dataclass

from server.audit import check_in
from server.audit.calendar import iso_day
from server.criteria.check_in import Window
from server.criteria.model import Language
from server.web.overview import Overview


@dataclass(frozen=True, slots=True)
class Shown:
    """One window as shown; `opens` and `closes` are moments for the phone, `hours` the words for people."""

    due: check_in.Due
    rule: Window
    opens: str
    closes: str
    hours: str
    people: list[tuple[str, str, bool, list[str]]]
    """Who must be in the photo: principal, name, whether ticked, versions of the tick."""
    bases: list[str]
    filed: str
    """Latitude and longitude of the filed address; empty where the office gave none."""
    explanation: str


def windows(found: Overview, language: Language) -> list[Shown]:
    """The windows of an audit; none where no rule applies on its first day."""
    day = iso_day(found.state.setup.visit.start)
    files = found.asked.criteria.check_in.values()
    rule = next((rule for one in files if day and (rule := one.on(day))), None)
    return [_shown(found, one, rule, language) for one in check_in.due(found.state, rule)] if rule else []


def _shown(found: Overview, one: check_in.Due, rule: Window, language: Language) -> Shown:
    state, zone = found.state, found.asked.zone
    opens, closes = one.opens.astimezone(zone), one.closes.astimezone(zone)
    day = "%m-%d %H:%M"
    listed = [who for who, member in state.setup.team.items() if member.role in rule.seen]
    filed = check_in.point_of(state.setup.client.coordinates)
    said = check_in.explanation(state, one, f"{opens:{day}}", f"{closes:{day}}")
    return Shown(
        due=one,
        rule=rule,
        opens=one.opens.isoformat(),
        closes=one.closes.isoformat(),
        hours=f"{opens:{day}}–{closes:%H:%M}",
        people=[
            (
                who,
                found.name(who, language),
                who not in one.missing,
                _bases(found, f"{one.meeting}/{check_in.POINT}/{who}"),
            )
            for who in listed
        ],
        bases=_bases(found, f"{one.meeting}/{check_in.POINT}"),
        filed=f"{filed[0]},{filed[1]}" if filed else "",
        explanation=said.get(language),
    )


def _bases(found: Overview, key: str) -> list[str]:
    thing = found.state.ticks.get(key)
    return thing.heads if thing else []

"""The editions that an audit is against: what the house offers by its first day, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from server.audit.calendar import iso_day
from server.audit.setup import Criterion, Setup
from server.criteria.load import Criteria
from server.criteria.model import LANGUAGES, Language, Text, letter_of
from server.criteria.offer import Offer, offered, offers
from server.web.setup.fields import Cell, Field, Value
from server.web.texts import texts

NEWER = "+"
"""Behind a scheme: the edition that its client moves to."""


def editions(setup: Setup, criteria: Criteria) -> Field:
    """The edition, ISO and GB, that each scheme is audited against, and the one its client moves to."""
    house = criteria.house_of(setup.house)
    stands = {one.scheme: one for one in setup.visit.criteria}
    offered_by = {scheme: offers(criteria, house, scheme) for scheme in setup.visit.schemes}
    cells = tuple(
        cell
        for scheme, known in offered_by.items()
        for cell in _cells(criteria, scheme, stands.get(scheme), known)
    )
    return Field(
        "visit/criteria",
        cells,
        unpack=_unpack,
        pack=lambda made, value: _packed(setup, criteria, made, value or []),
        note=_why(setup, offered_by),
    )


def _unpack(value: Value) -> Value:
    shown = {one["scheme"]: one.get("standard") or one.get("text", "") for one in value or []}
    return shown | {one["scheme"] + NEWER: one.get("transition", "") for one in value or []}


def _packed(setup: Setup, criteria: Criteria, made: Value, value: Value) -> Value:
    stood = {one["scheme"]: one for one in value}
    criteria_of = []
    for scheme in setup.visit.schemes:
        chosen, before = made.get(scheme, ""), stood.get(scheme, {})
        standard = criteria.standards.get(chosen)
        if chosen and chosen in (before.get("standard"), before.get("text")):
            criterion = before
        elif standard is not None:
            criterion = {"scheme": scheme, "standard": standard.id, "text": standard.name}
        else:
            continue
        criteria_of.append({**criterion, "transition": made.get(scheme + NEWER, "")})
    return criteria_of


def _cells(
    criteria: Criteria, scheme: str, stands: Criterion | None, known: Sequence[Offer]
) -> Iterator[Cell]:
    options = [(one.standard.id, _option(one)) for one in known]
    if stands and not stands.standard and stands.text:
        options.append((stands.text, Text(zh=stands.text, en=stands.text)))
    letter = letter_of(scheme)
    yield Cell(scheme, "choice", tuple(options), word=Text(zh=letter, en=letter))
    newer = [option for option in options if stands and _leads_to(criteria, stands.standard, option[0])]
    if newer:
        both = Text(zh=f"{letter} 换版：同时审核", en=f"{letter} in transition: also against")
        yield Cell(scheme + NEWER, "choice", tuple(newer), word=both)


def _why(setup: Setup, offered_by: Mapping[str, Sequence[Offer]]) -> Text | None:
    """Which edition each scheme is offered on the audit's first day and why, where there is a choice."""
    day = iso_day(setup.visit.start)
    if day is None:
        return None
    chosen = {one.scheme: one.standard for one in setup.visit.criteria}
    found = [
        (scheme, offer, next((one for one in known if one.standard.id == chosen.get(scheme)), None))
        for scheme, known in offered_by.items()
        if len(known) > 1 and (offer := offered(known, day))
    ]
    zh, en = (" ".join(_sentence(*one, day, lang) for one in found) for lang in LANGUAGES)
    return Text(zh=zh, en=en) if found else None


def _sentence(scheme: str, offer: Offer, chosen: Offer | None, day: date, language: Language) -> str:
    t = texts(language)
    reason = "setup.offer.accredited" if offer.since else "setup.offer.oldest"
    said = t(reason, letter=letter_of(scheme), day=day, edition=offer.standard.id, since=offer.since)
    if chosen and not chosen.on(day):
        said += t("setup.offer.closed", edition=chosen.standard.id)
    return said


def _option(offer: Offer) -> Text:
    """ISO and GB designation, and the days between which the house may offer it."""
    standard = offer.standard
    zh, en = (
        " / ".join(filter(None, (standard.gb, standard.id))) + _limits(offer, "zh"),
        " / ".join(filter(None, (standard.id, standard.gb))) + _limits(offer, "en"),
    )
    return Text(zh=zh, en=en)


def _limits(offer: Offer, language: Language) -> str:
    t = texts(language)
    since = t("setup.offered_from", day=offer.since) if offer.since else ""
    return since + (t("setup.offered_until", day=offer.until) if offer.until else "")


def _leads_to(criteria: Criteria, older: str, newer: str) -> bool:
    return any((walk.from_, walk.to) == (older, newer) for walk in criteria.crosswalks.values())

"""Capture: the page that takes a note at a stop, and the page of one observation, which its author changes.

Nothing is posted here. What the page keeps goes through the phone's outbox to `sync`: no network is needed.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, get_args

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from server.audit.competence import outside_registration
from server.audit.coverage import audited_schemes, plain
from server.audit.entries import Clause, Observation
from server.audit.permission import areas_of, pictures_at
from server.audit.setup import Setup, Stop
from server.audit.state import State, Thing
from server.audit.walk import items_at, ordered_stops, packs, packs_at
from server.criteria.editions import crosswalk_to
from server.criteria.load import Criteria, parse_clause
from server.criteria.model import ClauseRef, EvidenceKind, Item, Language, PhotoSubject, letter_of
from server.people.principal import Principal
from server.web.guards import Case
from server.web.observed import shown_documents, shown_photos
from server.web.offline import offline
from server.web.overview import overview
from server.web.render import language_of, page, redirect
from server.web.services import Services
from server.web.texts import texts


@get(
    "/audits/{audit:str}/stops/{stop:str}/capture",
    opt={"needs": "observation.write"},
    include_in_schema=False,
)
async def capture_page(
    request: Request[Any, Any, Any],
    case: Case,
    stop: FromPath[str],
    item: FromQuery[str] = "",
) -> Response[bytes]:
    """A new note at a stop, about an item or a clause of it if one is named."""
    state, language = case.state, language_of(request)
    if stop not in state.setup.stops:
        raise NotFoundException
    return page(
        request,
        "pages/capture.html",
        stamp=("capture", state.seq, _has_camera(request)),
        make=lambda: {
            "has_camera": _has_camera(request),
            **_frame(state, case.criteria, language, stop),
            **_new(language, state, case.criteria, stop, item),
            "outside": outside_registration(state.setup, case.principal.id, stop),
        },
    )


@get(
    "/audits/{audit:str}/observations/{observation:str}", opt={"needs": "audit.read"}, include_in_schema=False
)
async def observation_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: Principal,
    case: Case,
    observation: FromPath[str],
) -> Response[Any]:
    """A form with one's own observation; everybody else is led to where it is read."""
    state, language = case.state, language_of(request)
    thing = state.observations.get(observation)
    if thing is None:
        raise NotFoundException
    content = thing.current
    if content is None or thing.first.by != principal.id or not case.may("observation.write"):
        return redirect(f"/audits/{state.audit}/observations/{observation}/view")
    arrived = await services.blobs.hashes(state.audit)
    return page(
        request,
        "pages/capture.html",
        stamp=("observation", state.seq, len(arrived), _has_camera(request)),
        make=lambda: {
            "has_camera": _has_camera(request),
            **_frame(state, case.criteria, language, content.stop),
            **_existing(language, state, case.criteria, thing, content, arrived),
            "outside": outside_registration(state.setup, principal.id, content.stop),
        },
    )


def _has_camera(request: Request[Any, Any, Any]) -> bool:
    """Whether this browser shows the camera's picture unasked, as its page remembers (camera.js)."""
    return request.cookies.get("camera") == "1"


def _frame(state: State, criteria: Criteria, language: Language, stop: str) -> dict[str, Any]:
    """What both pages show around the note: where one stands, and the words to choose from."""
    ordered = [key for key, _ in ordered_stops(state.setup)]
    house = criteria.house_of(state.setup.house)
    return {
        "audit": state.audit,
        "stop_key": stop,
        "stop": state.setup.stops.get(stop, Stop()),
        "number": ordered.index(stop) + 1 if stop in ordered else 0,
        "total": len(ordered),
        "outcome_words": [(word.code, word.title.get(language)) for word in house.outcomes],
        "evidence_kinds": get_args(EvidenceKind),
        "subjects": get_args(PhotoSubject),
        "departments": _departments(state),
        "card_types": list(criteria.cards.values()),
        "pictures": pictures_at(state, stop),
        "areas": areas_of(state, stop),
        "classified": state.setup.visit.classified,
        "released": state.released,
    }


def _departments(state: State) -> list[str]:
    """Names to choose a department from: the client's own, and those of the plan."""
    of_client = [department.zh for department in state.setup.client.departments]
    of_plan = [stop.department for stop in state.setup.stops.values()]
    return list(dict.fromkeys(name for name in [*of_client, *of_plan] if name))


def _new(language: Language, state: State, criteria: Criteria, stop_key: str, asked: str) -> dict[str, Any]:
    stop = state.setup.stops[stop_key]
    item, proposed = _asked(criteria, state.setup, stop, asked)
    start = Observation(
        stop=stop_key,
        item=item.id if item else "",
        department=stop.department,
        clauses=[Clause(scheme=clause.scheme, number=clause.number) for clause in proposed],
    )
    back = f"/audits/{state.audit}/stops/{stop_key}"
    return {
        "item": item,
        **_chips(proposed, stop),
        "observation": None,
        "photos": [],
        "documents": [],
        "back": back,
        "data": _data(language, state, criteria)
        | {"stop": stop_key, "item": asked, "start": _json(start), "back": back}
        | ({} if asked else {"items": _items(language, state, criteria, stop_key)}),
    }


def _items(language: Language, state: State, criteria: Criteria, stop_key: str) -> dict[str, Any]:
    """What each item of the stop begins a note with: without a network its page is made from this one."""
    setup = state.setup
    stop = setup.stops[stop_key]
    sections = overview(criteria, state).asked.at_stop(stop_key).sections
    rows = [(key, item, clauses) for clauses, items in sections for key, item in items]
    for pack in packs_at(packs(criteria.lists.values(), setup), stop):
        rows += [(one.id, one, tuple(_asked(criteria, setup, stop, one.id)[1])) for one in pack.items]
    return {
        key: _json(
            {
                "item": item.id if item else "",
                "prompt": item.prompt.get(language) if item else "",
                "subject": item.photo[0] if item and item.photo else "",
                "clauses": [{"scheme": one.scheme, "number": one.number} for one in clauses],
            }
        )
        for key, item, clauses in rows
    }


def _existing(
    language: Language,
    state: State,
    criteria: Criteria,
    thing: Thing[Observation],
    content: Observation,
    arrived: Container[str],
) -> dict[str, Any]:
    stop = content.stop
    back = f"/audits/{state.audit}/stops/{stop}" if stop in state.setup.stops else f"/audits/{state.audit}"
    return {
        "item": _item(criteria, content.item),
        **_chips([plain(clause) for clause in content.clauses], state.setup.stops.get(stop, Stop())),
        "observation": thing,
        "photos": [(photo, _json(photo.content)) for photo in shown_photos(state, thing.id, arrived)],
        "documents": shown_documents(state, thing.id),
        "back": back,
        "data": _data(language, state, criteria)
        | {
            "stop": stop,
            "item": content.item,
            "observation": thing.id,
            "bases": thing.heads,
            "content": _json(content),
            "start": {"stop": stop},
            "back": back,
        },
    }


def _chips(proposed: Sequence[ClauseRef], stop: Stop) -> dict[str, list[ClauseRef]]:
    """Clauses to choose from: the proposed ones in sight, what else is planned here folded away."""
    others = dict.fromkeys(clause for clause in map(plain, stop.clauses) if clause not in proposed)
    return {"proposed": list(proposed), "others": list(others)}


def _asked(criteria: Criteria, setup: Setup, stop: Stop, asked: str) -> tuple[Item | None, list[ClauseRef]]:
    """The item asked about, and the clauses to begin with: those of it that are planned here."""
    item = _item(criteria, asked)
    if item is not None:
        planned = [clauses for one, clauses in items_at([item], stop) if one.id == item.id]
        known = set(audited_schemes(setup))
        return item, list(planned[0]) if planned else [
            plain(clause) for clause in item.clauses if clause.scheme in known
        ]
    try:
        return None, parse_clause(asked, setup.visit.schemes) if asked else []
    except ValueError:
        return None, []


def _item(criteria: Criteria, wanted: str) -> Item | None:
    items = (item for checklist in criteria.lists.values() for item in checklist.items)
    return next((item for item in items if item.id == wanted), None)


def _data(language: Language, state: State, criteria: Criteria) -> dict[str, Any]:
    """What the page's script needs beside the form: columns of cards, clauses to find, words of outcomes."""
    t = texts(language)
    house = criteria.house_of(state.setup.house)
    asked = overview(criteria, state).asked
    return {
        "audit": state.audit,
        "observation": None,
        "positions": state.setup.visit.positions and not state.setup.visit.classified,
        "cards": [_json(card) for card in criteria.cards.values()],
        "people": [
            {"key": key, "title": {"zh": t(f"capture.person.{key}"), "en": t(f"capture.person.{key}")}}
            for key in ("name", "role")
        ],
        "outcomes": [{"code": word.code, "word": word.title.get(language)} for word in house.outcomes],
        "clauses": [
            {
                "code": f"{scheme} {clause.number}",
                "scheme": scheme,
                "number": clause.number,
                "letter": letter_of(scheme),
                "title": clause.title.get(language),
            }
            for scheme in audited_schemes(state.setup)
            for clause in asked.offered(scheme)
        ],
        "renumbered": _renumbered(state.setup, criteria),
    }


def _renumbered(setup: Setup, criteria: Criteria) -> dict[str, str]:
    """Clauses that suggestions name otherwise than this audit's editions: what each is now, "" if dropped."""
    walks = [(one.scheme, crosswalk_to(criteria, one.scheme, one.standard)) for one in setup.visit.criteria]
    return {
        f"{scheme} {number}": f"{scheme} {row.to[0]}" if row.to else ""
        for scheme, walk in walks
        if walk
        for row in walk.rows
        for number in row.from_
        if [number] != row.to
    }


def _json(value: Any) -> Any:
    """Plain JSON values for the page's script, without what is empty."""
    return _filled(msgspec.to_builtins(value))


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(one) for one in value]
    if isinstance(value, dict):
        filled = {key: _filled(one) for key, one in value.items()}
        return {key: one for key, one in filled.items() if one is not None and one not in ("", [], {})}
    return value


@offline
def _offline(case: Case) -> list[str]:
    """A new note at each stop, whatever it is about, and every observation that this person may change."""
    if not case.may("observation.write"):
        return []
    base, mine = f"/audits/{case.state.audit}", case.principal.id
    seen = case.state.observations.values()
    own = [one for one in seen if one.first.by == mine and one.current is not None]
    return [
        *(f"{base}/stops/{key}/capture" for key in case.state.setup.stops),
        *(f"{base}/observations/{one.id}" for one in own),
    ]


routes = [capture_page, observation_page]

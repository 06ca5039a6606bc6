"""The cycle of a client: which clause was seen where in which audit, and what to sample next."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.audit import cycle as cycles
from server.audit.cycle import KINDS, Cell, Cycle, Looked
from server.audit.state import State
from server.criteria.model import ClauseRef, Language
from server.web import shown
from server.web.guards import Case
from server.web.overview import Overview, overview
from server.web.render import language_of, page
from server.web.services import Services
from server.web.texts import texts

_KEPT = 256
_MOST_SHOWN = 12
STATES = ("seen", "open", "last", "never")
_looked: OrderedDict[tuple[str, str], Looked] = OrderedDict()
"""What single audits saw, by audit and head hash: the audits of earlier years no longer change."""


@get("/audits/{audit:str}/cycle", opt={"needs": "audit.read"}, include_in_schema=False)
async def cycle_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    scheme: FromQuery[str] = "",
) -> Response[bytes]:
    """The matrix department × clause × audit of one scheme, and who and what was sampled in the cycle."""
    found = overview(case.criteria, case.state)
    cycle = await cycle_for(services, case.state)
    language = language_of(request)
    return page(
        request,
        "pages/cycle.html",
        stamp=(found.hash, case.role, *(one.audit for one in cycle.audits), _stamp(cycle)),
        make=lambda: _context(found, case, cycle, scheme, language),
    )


async def cycle_for(services: Services, state: State) -> Cycle:
    """The cycle of an audit, from the states of its client's audits."""
    others = await others_of_client(services, state.audit)
    return cycles.cycle_of([_look(state), *others.looked], state.audit)


@dataclass(frozen=True, slots=True)
class Others:
    """What a client's other audits saw, and the moments of their journals when they had."""

    stamp: tuple[tuple[str, str], ...]
    looked: list[Looked]


async def others_of_client(services: Services, audit: str) -> Others:
    """All audits of the client of this one but this one itself."""
    rows = await services.journal.audits_of_client(audit)
    states = [await services.journal.state(row.id) for row in rows if row.id != audit]
    return Others(tuple((one.audit, one.hash) for one in states), [_look(one) for one in states])


def _look(state: State) -> Looked:
    key = state.audit, state.hash
    if key not in _looked:
        _looked[key] = cycles.look(state.audit, state)
        if len(_looked) > _KEPT:
            _looked.popitem(last=False)
    _looked.move_to_end(key)
    return _looked[key]


def _stamp(cycle: Cycle) -> int:
    """Differs where any audit of the cycle saw or planned something else."""
    return hash(tuple((one.audit, one.seen, one.planned) for one in cycle.audits))


@dataclass(frozen=True, slots=True)
class MarkShown:
    """What one audit did with a cell: its symbol, the word for it, and which audit."""

    k: str
    symbol: str
    word: str
    audit: str


@dataclass(frozen=True, slots=True)
class CellShown:
    """A clause at a department, audit by audit."""

    department: str
    marks: list[MarkShown]
    last: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One clause with its cells; `state`: seen, open, last (chance) or never."""

    ref: ClauseRef
    title: str
    cells: list[CellShown]
    state: str


def _context(found: Overview, case: Case, cycle: Cycle, scheme: str, language: Language) -> dict[str, Any]:
    setup = case.state.setup
    schemes = shown.schemes(setup, language, case.criteria)
    here = scheme if scheme in {one.code for one in schemes} else schemes[0].code if schemes else ""
    cells = [cell for cell in cycle.cells if cell.scheme == here]
    departments = _departments(setup.client.departments, cells)
    lines = _lines(found, cycle, here, departments, language)
    return {
        "audit": case.state.audit,
        "setup": setup,
        "found": found,
        "cycle": cycle,
        "schemes": schemes,
        "here": here,
        "departments": departments,
        "called": {one.zh: one.get(language) for one in setup.client.departments},
        "lines": lines,
        "counts": {name: sum(line.state == name for line in lines) for name in STATES},
        "sampled": [(kind, sorted(cycle.taken(kind)), cycle.fresh(kind, setup.client)) for kind in KINDS],
        "most": _MOST_SHOWN,
        "shown": shown,
        "day": found.today(),
        "years": {one.audit: audit_name(one, language) for one in cycle.audits},
    }


def audit_name(one: Looked, language: Language) -> str:
    """An audit in a word: its year and what it was, 2026 第2次监督."""
    t = texts(language)
    name = t("cycle.surveillance", n=one.no) if one.type == "surveillance" and one.no else ""
    key = f"visit.{one.type}"
    return " ".join(filter(None, (one.start[:4], name or (t(key) if key in t else one.type))))


def _departments(listed: list[Any], cells: list[Cell]) -> list[str]:
    """Departments as the client lists them, then others that were planned or seen."""
    there = {cell.department for cell in cells}
    names = [one.zh or one.en for one in listed]
    return [name for name in names if name in there] + sorted(there - set(names))


def _lines(
    found: Overview, cycle: Cycle, scheme: str, departments: list[str], language: Language
) -> list[Line]:
    auditable = found.asked.auditable(scheme)
    written = {ClauseRef(scheme=scheme, number=cell.number) for cell in cycle.cells if cell.scheme == scheme}
    refs = sorted({*auditable, *written})
    asked = [(scheme, ref.number) for ref in refs]
    never, last = set(cycle.never(asked)), set(cycle.last_chance(asked))
    lines = []
    for ref in refs:
        key = (scheme, ref.number)
        shown_cells = [_cell(cycle, Cell(name, *key), language) for name in departments]
        filled = [cell for cell in shown_cells if any(mark.k for mark in cell.marks)]
        planned = any(Cell(name, *key) in cycle.now.planned for name in departments)
        state = "seen" if key not in never else "last" if key in last else "open" if planned else "never"
        lines.append(Line(ref, found.asked.title(ref).get(language), shown_cells if filled else [], state))
    return lines


def _cell(cycle: Cycle, cell: Cell, language: Language) -> CellShown:
    t = texts(language)
    shown_as = {"seen": ("ok", "●"), "planned": ("wait", "○"), "": ("", "·")}
    marks = []
    for one in cycle.audits:
        mark = one.mark(cell)
        k, symbol = shown_as[mark]
        marks.append(MarkShown(k, symbol, t(f"cycle.mark.{mark or 'none'}"), audit_name(one, language)))
    return CellShown(cell.department, marks, cycle.is_last_chance(cell))


routes = [cycle_page]

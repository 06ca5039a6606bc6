"""What earlier audits of the cycle took at a stop, within its pages: it is there without a network, too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from server.audit import cycle as cycles
from server.audit.cycle import Cycle
from server.audit.setup import Stop
from server.web.cycle import Others
from server.web.overview import Overview

_MOST = 6


@dataclass(frozen=True, slots=True)
class Before:
    """What one earlier audit took at a stop."""

    year: str
    said: list[str]


def before(found: Overview, others: Others, key: str) -> dict[str, Any]:
    """What `parts/before.html` shows: earlier audits, the latest first, and what none asked or saw."""
    audit, setup = found.state.audit, found.state.setup
    cycle = cycles.cycle_of([cycles.place(audit, setup), *others.looked], audit)
    taken = _taken(cycle, setup.stops[key])
    return {"before": taken, "fresh": _fresh(found, cycle, setup.stops[key]) if taken else []}


def _taken(cycle: Cycle, stop: Stop) -> list[Before]:
    made = []
    for one in reversed(cycle.earlier):
        samples = [sample for sample in one.samples if _is_here(sample.department, stop)]
        said = [f"{sample.what} {sample.ids}".strip() for sample in samples]
        for kind in ("equipment", "products", "people"):
            said += sorted(name for department, name in one.taken[kind] if _is_here(department, stop))
        if said:
            made.append(Before(one.start[:4], list(dict.fromkeys(said))[:_MOST]))
    return made


def _is_here(department: str, stop: Stop) -> bool:
    return bool(department) and department == stop.department


def _fresh(found: Overview, cycle: Cycle, stop: Stop) -> list[str]:
    """People of the stop's department that nobody asked in the cycle, and shifts that nobody saw."""
    setup = found.state.setup
    before = cycle.taken("people")
    people = [one.name for one in setup.client.people if _is_here(one.department, stop)]
    left = [*cycle.fresh("shifts", setup.client), *(name for name in people if name not in before)]
    if not left:
        return []
    seen = chain.from_iterable(found.coverage.by_stop.values())
    now = {name for taken in cycles.asked(setup, seen).values() for _, name in taken}
    return [name for name in left if name not in now][:_MOST]

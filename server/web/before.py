"""What earlier audits of the cycle took at a stop, within its pages: it is there without a network, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from server.audit import cycle as cycles
from server.audit.cycle import Cycle
from server.audit.setup import Client, Stop
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
    state = found.state
    stop = state.setup.stops[key]
    stops = [at for at, one in state.setup.stops.items() if _is_here(one.department, stop)]
    here = [seen for at in (stops or [key]) for seen in found.coverage.by_stop.get(at, ())]
    own = cycles.look_at(state.audit, state, here)
    cycle = cycles.cycle_of([own, *others.looked], state.audit)
    return {"before": _taken(cycle, stop), "fresh": _fresh(cycle, state.setup.client, stop)}


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


def _fresh(cycle: Cycle, client: Client, stop: Stop) -> list[str]:
    """People of the stop's department that nobody asked in the cycle, and shifts that nobody saw."""
    if not cycle.earlier:
        return []
    asked = cycle.taken("people")
    here = [one.name for one in client.people if _is_here(one.department, stop)]
    return [*cycle.fresh("shifts", client), *(name for name in here if name not in asked)][:_MOST]

"""Open nonconformities across audits, by due day: what the office and the teams still wait for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit import followup
from server.journal.follow_ups import FollowUpRow
from server.people.principal import Principal
from server.people.rights import may
from server.web.new_audit import ZONE
from server.web.render import language_of, page
from server.web.services import Services

STAGE_K = {"awaiting": "wait", "answered": "ofi", "asked_again": "nc", "accepted": "ok", "closed": "ok"}
"""What colour each stage has."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client's open nonconformities of one audit; `left` counts the days to the first due day."""

    rows: list[tuple[FollowUpRow, int | None]]

    @property
    def first(self) -> FollowUpRow:
        return self.rows[0][0]


@get("/follow-ups", opt={"needs": "audit.list"}, include_in_schema=False)
async def follow_ups_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """All audits for the office, one's own for everybody else."""
    sees_all = may(principal.role, None, "office.read")
    today = datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date().isoformat()
    rows = await services.journal.follow_ups.open(None if sees_all else principal.id, today)
    by_audit = groupby(sorted(rows, key=lambda row: row.audit), key=lambda row: row.audit)
    clients = [
        Client([(row, followup.days_left(row.due, today)) for row in listed]) for _, listed in by_audit
    ]
    clients.sort(key=lambda one: (one.first.due == "", one.first.due, one.first.client))
    words = [word for house in services.criteria.houses.values() for word in house.nc_grades]
    return page(
        request,
        "pages/follow-ups.html",
        clients=clients,
        counts={stage: sum(row.stage == stage for row in rows) for stage in followup.STAGES[:-1]},
        overdue=sum(bool(row.due) and row.due < today for row in rows),
        sees_all=sees_all,
        stage_k=STAGE_K,
        grades={word.code: word.title.get(language_of(request)) for word in words},
    )


routes = [follow_ups_page]

"""The office's tasks: what teams changed on site and the office has to pass on, with who did it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.journal.tasks import TaskRow
from server.people.principal import Principal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.new_audit import ZONE
from server.web.render import page, redirect
from server.web.services import Services


@get("/office/tasks", opt={"needs": "office.read"}, include_in_schema=False)
async def tasks_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """Open tasks, the oldest first, or those that were done."""
    listed = await (services.journal.tasks.finished() if done else services.journal.tasks.open())
    names = {one.id: one.name for one in await services.accounts.list()}
    return page(
        request,
        "pages/tasks.html",
        rows=[(one, await _name(services, names, one), names.get(one.done_by, "")) for one in listed],
        done=bool(done),
        may_finish=principal.role == "office",
        shown=_day,
    )


@get("/office/tasks/open", opt={"needs": "office.read"}, include_in_schema=False)
async def open_tasks(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """How many are open: the badge in the office's navigation."""
    return page(request, "parts/tasks-open.html", n=await services.journal.tasks.count())


@post(
    "/office/tasks",
    opt={"needs": "task.finish"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def finish_task(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Note that a task was done, or take that back."""
    fields = await read_form(request)
    audit, entry = fields.get("audit", ""), fields.get("entry", "")
    if fields.get("do") == "reopen":
        await services.journal.tasks.reopen(audit, entry)
        return redirect("/office/tasks?done=yes")
    await services.journal.tasks.finish(audit, entry, principal.id)
    return redirect("/office/tasks")


def _day(moment: str) -> str:
    """A moment of a row in the house's zone, to the minute."""
    return f"{datetime.fromisoformat(moment).astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M}"


async def _name(services: Services, names: dict[str, str], task: TaskRow) -> str:
    """Who made the change: by account, else as the audit's team has them."""
    if task.by in names:
        return names[task.by]
    member = (await services.journal.state(task.audit)).setup.team.get(task.by)
    return member.name if member else ""


routes = [tasks_page, open_tasks, finish_task]

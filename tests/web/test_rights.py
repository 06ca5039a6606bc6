"""Every route × everybody. A new route without a line here fails the test."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from litestar.routes import HTTPRoute

from server.audit.setup import Role
from server.people.principal import GuestRole
from server.people.rights import PUBLIC, may
from tests.support.guests import come_in
from tests.support.world import (
    ACCOUNTS,
    AUDIT,
    FINDING,
    ID,
    OBSERVATION,
    PASSWORD,
    UNKNOWN_AUDIT,
    Visitor,
    World,
    entry,
)

NOBODY = "nobody"
EVERYBODY = {*ACCOUNTS, NOBODY}
SIGNED_IN = set(ACCOUNTS)
BODY = {"admin", "office"}
WRITERS = {"leader", "auditor"}
UPLOADERS = {*WRITERS, "former"}
READERS = {"admin", "office", "leader", "auditor", "observer"}
SENDERS = {"office", "leader", "auditor", "observer", "former"}

LET_IN: dict[str, set[str]] = {
    "GET /static/{build:str}/{name:path}": EVERYBODY,
    "GET /sw.js": EVERYBODY,
    "GET /offline": EVERYBODY,
    "GET /schema": EVERYBODY,
    "GET /schema/{path:str}": EVERYBODY,
    "GET /schema/openapi.json": EVERYBODY,
    "GET /sign-in": EVERYBODY,
    "POST /sign-in": EVERYBODY,
    "POST /sign-out": EVERYBODY,
    "GET /trust": EVERYBODY,
    "GET /trust/clausewalk-ca.crt": EVERYBODY,
    "GET /account": SIGNED_IN,
    "POST /account": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/device": SIGNED_IN,
    "POST /account/devices/{key:str}/end": SIGNED_IN,
    "POST /account/devices/end-others": SIGNED_IN,
    "GET /welcome/{token:str}": EVERYBODY,
    "POST /welcome/{token:str}": EVERYBODY,
    "GET /admin/accounts": {"admin"},
    "GET /admin/accounts/new": {"admin"},
    "POST /admin/accounts/new": {"admin"},
    "GET /admin/accounts/{account:str}": {"admin"},
    "POST /admin/accounts/{account:str}": {"admin"},
    "POST /admin/accounts/{account:str}/{action:str}": {"admin"},
    "POST /admin/accounts/{account:str}/devices/{key:str}/end": {"admin"},
    "GET /admin/log": {"admin"},
    "GET /admin/log.csv": {"admin"},
    "GET /": SIGNED_IN,
    "GET /outbox": SIGNED_IN,
    "GET /share": SIGNED_IN,
    "POST /share": EVERYBODY,
    "GET /audits/{audit:str}": READERS,
    "GET /audits/{audit:str}/live": READERS,
    "GET /audits/{audit:str}/stops/{stop:str}": READERS,
    "GET /audits/{audit:str}/stops/{stop:str}/live": READERS,
    "GET /audits/{audit:str}/stops/{stop:str}/capture": WRITERS,
    "GET /audits/{audit:str}/observations/{observation:str}": READERS,
    "GET /audits/{audit:str}/observations/{observation:str}/view": READERS,
    "GET /audits/{audit:str}/observations/{observation:str}/versions": READERS,
    "GET /audits/{audit:str}/findings/{finding:str}/versions": READERS,
    "GET /audits/{audit:str}/findings": READERS,
    "GET /audits/{audit:str}/meetings/{meeting:str}": READERS,
    "GET /audits/{audit:str}/findings/new": WRITERS,
    "GET /audits/{audit:str}/findings/{finding:str}": READERS,
    "GET /audits/{audit:str}/findings/{finding:str}/answer": {"office", "leader"},
    "POST /audits/{audit:str}/findings/{finding:str}/answer": {"office", "leader"},
    "GET /audits/{audit:str}/findings/{finding:str}/files/{sha256:str}": READERS,
    "GET /follow-ups": SIGNED_IN,
    "GET /audits/{audit:str}/follow-up": READERS,
    "POST /audits/{audit:str}/follow-up/links": {"office", "leader"},
    "POST /audits/{audit:str}/follow-up/links/{link:str}/end": {"office", "leader"},
    "POST /audits/{audit:str}/follow-up/guests/{guest:str}/end": {"office", "leader"},
    "GET /audits/{audit:str}/gaps": READERS,
    "GET /audits/{audit:str}/gaps/live": READERS,
    "GET /audits/{audit:str}/leave": READERS,
    "GET /audits/{audit:str}/leave/live": READERS,
    "POST /audits/{audit:str}/outbox": SENDERS,
    "GET /audits/{audit:str}/cycle": READERS,
    "GET /audits/{audit:str}/ledger": READERS,
    "GET /audits/{audit:str}/stops/{stop:str}/help": READERS,
    "GET /audits/{audit:str}/stops/{stop:str}/places": READERS,
    "GET /audits/{audit:str}/stops/{stop:str}/places/{place:str}": READERS,
    "GET /audits/{audit:str}/report": READERS,
    "GET /audits/{audit:str}/plan": READERS,
    "POST /audits/{audit:str}/plan/matrix": {"office", "leader"},
    "POST /audits/{audit:str}/plan/table": {"office", "leader"},
    "POST /audits/{audit:str}/plan/stops": {"office", "leader"},
    "POST /audits/{audit:str}/plan/stops/{stop:str}": {"office", "leader"},
    "POST /audits/{audit:str}/plan/days": {"office", "leader"},
    "POST /audits/{audit:str}/plan/undo": {"office", "leader"},
    "GET /audits/{audit:str}/plan/links": {"office", "leader"},
    "POST /audits/{audit:str}/plan/links": {"office", "leader"},
    "POST /audits/{audit:str}/plan/links/{link:str}/end": {"office", "leader"},
    "GET /plan/{token:str}": EVERYBODY,
    "GET /plan/{token:str}/plan.pdf": EVERYBODY,
    "GET /plan/{token:str}/qr.svg": EVERYBODY,
    "GET /audits/{audit:str}/guests": {"leader"},
    "POST /audits/{audit:str}/guests": {"leader"},
    "POST /audits/{audit:str}/guests/codes": {"leader"},
    "POST /audits/{audit:str}/guests/links/{link:str}/end": {"leader"},
    "POST /audits/{audit:str}/guests/{guest:str}/end": {"leader"},
    "POST /audits/{audit:str}/guests/{guest:str}/again": {"leader"},
    "POST /audits/{audit:str}/findings/{finding:str}/facts": WRITERS,
    "GET /audits/{audit:str}/attendance": READERS,
    "POST /audits/{audit:str}/attendance": WRITERS,
    "POST /audits/{audit:str}/nonconformities": WRITERS,
    "GET /in/{token:str}": EVERYBODY,
    "POST /in/{token:str}": EVERYBODY,
    "GET /in/{token:str}/qr.svg": EVERYBODY,
    "GET /audits/{audit:str}/{name:str}": READERS,
    "GET /audits/{audit:str}/custody": {"admin", "office", "leader"},
    "GET /audits/{audit:str}/export.zip": {"admin", "office", "leader"},
    "GET /audits/{audit:str}/erase": {"admin"},
    "POST /audits/{audit:str}/erase": {"admin"},
    "GET /audits/{audit:str}/begun": READERS,
    "GET /audits/{audit:str}/phrases": READERS,
    "GET /audits/{audit:str}/transition": READERS,
    "POST /audits/{audit:str}/begun": {"office", "leader"},
    "GET /checklists": SIGNED_IN,
    "GET /checklists/import": {"admin", "office"},
    "POST /checklists/import": {"admin", "office"},
    "GET /checklists/standards/{edition:str}": SIGNED_IN,
    "GET /checklists/lists/{checklist:str}": SIGNED_IN,
    "GET /checklists/crosswalks/{editions:str}": SIGNED_IN,
    "GET /checklists/laws": SIGNED_IN,
    "GET /checklists/mandatory": SIGNED_IN,
    "GET /checklists/phrases": SIGNED_IN,
    "GET /interchange/check": SIGNED_IN,
    "POST /interchange/check": SIGNED_IN,
    "GET /interchange/1/schema.json": EVERYBODY,
    "POST /audits/{audit:str}/report/{element:str}": {"leader"},
    "POST /audits/{audit:str}/release": {"leader"},
    "GET /audits/{audit:str}/team": READERS,
    "POST /audits/{audit:str}/team": {"office", "leader"},
    "POST /audits/{audit:str}/companions": {"office", "leader"},
    "POST /audits/{audit:str}/countersign": WRITERS,
    "GET /office/audits": BODY,
    "GET /office/audits/rows": BODY,
    "GET /office/audits/new": {"office"},
    "GET /office/audits/new/number": {"office"},
    "GET /audits/{audit:str}/setup": READERS,
    "GET /audits/{audit:str}/setup/{section:str}": READERS,
    "POST /audits/{audit:str}/setup/{section:str}": {"office", "leader"},
    "POST /audits/{audit:str}/setup/{section:str}/{group:str}": {"office", "leader"},
    "POST /audits/{audit:str}/attachments": {"office", "leader"},
    "POST /audits/{audit:str}/attachments/{attachment:str}/withdraw": {"office", "leader"},
    "GET /audits/{audit:str}/attachments/{attachment:str}": READERS,
    "GET /audits/{audit:str}/attachments/{attachment:str}/pages/{page:int}": READERS,
    "POST /office/audits/new": {"office"},
    "GET /office/import": {"office"},
    "POST /office/import": {"office"},
    "GET /office/people": BODY,
    "GET /office/tasks": BODY,
    "GET /office/tasks/open": BODY,
    "POST /office/tasks": {"office"},
    "GET /office/people/{person:str}": BODY,
    "POST /office/people/{person:str}": BODY,
    "POST /audits/{audit:str}/uploads": UPLOADERS,
    "HEAD /audits/{audit:str}/uploads/{upload_id:str}": UPLOADERS,
    "PATCH /audits/{audit:str}/uploads/{upload_id:str}": UPLOADERS,
    "GET /audits/{audit:str}/photos/{sha256:str}": READERS,
    "POST /audits/{audit:str}/entries": SENDERS,
    "GET /audits/{audit:str}/drafts": WRITERS,
    "PUT /audits/{audit:str}/drafts/{draft:str}": WRITERS,
    "DELETE /audits/{audit:str}/drafts/{draft:str}": WRITERS,
    "GET /audits/{audit:str}/entries": READERS,
    "GET /audits/{audit:str}/head": READERS,
    "GET /audits/{audit:str}/pack": READERS,
}
"""Who gets past the guard, by route. The reviewer doesn't read this audit: it has not been released."""

GUESTS: dict[str, set[str]] = {
    "GET /guests/{guest:str}": {"guide", "attendee", "auditee"},
    "GET /guests/{guest:str}/attendance": {"guide", "attendee"},
    "POST /guests/{guest:str}/attendance": {"guide", "attendee"},
    "GET /guests/{guest:str}/guide": {"guide"},
    "POST /guests/{guest:str}/guide/stops": {"guide"},
    "POST /guests/{guest:str}/guide/signature": {"guide"},
    "POST /guests/{guest:str}/guide/facts": {"guide"},
    "GET /guests/{guest:str}/nonconformities": {"auditee"},
    "GET /guests/{guest:str}/nonconformities/{finding:str}": {"auditee"},
    "POST /guests/{guest:str}/nonconformities/{finding:str}": {"auditee"},
    "POST /guests/{guest:str}/nonconformities/{finding:str}/signature": {"auditee"},
    "GET /guests/{guest:str}/nonconformities/{finding:str}/files/{sha256:str}": {"auditee"},
}
"""Pages of guests, by role: no account gets there, and guests get nowhere else."""

LET_IN |= {route: set() for route in GUESTS}

UNDECIDED = {
    "POST /sign-in",
    "POST /sign-out",
    "POST /account/device",
    "GET /trust/clausewalk-ca.crt",
    "GET /schema/{path:str}",
    "GET /welcome/{token:str}",
    "POST /welcome/{token:str}",
    "GET /plan/{token:str}",
    "GET /plan/{token:str}/plan.pdf",
    "GET /plan/{token:str}/qr.svg",
    "GET /in/{token:str}",
    "POST /in/{token:str}",
    "GET /in/{token:str}/qr.svg",
}
"""What they answer depends on a password, the kind of sign-in, a link, a file — not on rights."""

REFUSED_ALONE = {
    "POST /audits/{audit:str}/follow-up/guests/{guest:str}/end",
    "GET /audits/{audit:str}/findings/{finding:str}/files/{sha256:str}",
    "GET /audits/{audit:str}/attachments/{attachment:str}",
    "GET /audits/{audit:str}/attachments/{attachment:str}/pages/{page:int}",
    "GET /audits/{audit:str}/photos/{sha256:str}",
    "HEAD /audits/{audit:str}/uploads/{upload_id:str}",
    "PATCH /audits/{audit:str}/uploads/{upload_id:str}",
    "POST /audits/{audit:str}/attachments/{attachment:str}/withdraw",
    "POST /audits/{audit:str}/release",
    "POST /audits/{audit:str}/guests/{guest:str}/again",
}
"""Whoever is let in isn't asked here: nothing was uploaded, and after a release nothing is as it was."""

PARTS = {
    "account": ID["former"],
    "action": "end-link",
    "attachment": "0",
    "audit": AUDIT,
    "draft": "0190f111-0000-7000-8000-0000000000d1",
    "build": "0",
    "checklist": "stage1",
    "edition": "iso-9001-2015",
    "editions": "iso-9001-2015-2026",
    "group": "identity",
    "guest": "0",
    "page": "1",
    "section": "client",
    "key": "0" * 32,
    "link": "0" * 32,
    "finding": FINDING,
    "element": "notes.other_attachments",
    "meeting": "opening",
    "observation": OBSERVATION,
    "person": "new",
    "place": "place-electrical",
    "sha256": "0" * 64,
    "stop": "s2",
    "token": "x" * 43,
    "upload_id": "0",
}
"""What stands for the places of a path."""


def routes(world: World) -> set[str]:
    """Every route as method and path, without the generated answers to OPTIONS."""
    return {
        f"{method} {route.path}"
        for route in world.app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods - {"OPTIONS"}
    }


def address(route: str, **parts: str) -> tuple[str, str]:
    """Method and a real address of a route."""
    method, _, path = route.partition(" ")
    known = PARTS | {"name": "css/app.css" if path.startswith("/static") else "sheets.html"} | parts
    return method, re.sub(r"\{(\w+):\w+\}", lambda match: known[match[1]], path)


def outcome(world: World, who: str, route: str, **parts: str) -> int:
    """The status that somebody gets; a way to sign in counts as 401."""
    method, url = address(route, **parts)
    answer = world.visitor(None if who == NOBODY else who).ask(method, url, headers={"Clausewalk": "1"})
    assert answer.status_code < 500, f"{who} {route}: {answer.text}"
    return answer.status_code


def test_every_route_has_its_line(world: World) -> None:
    assert routes(world) == set(LET_IN)


def test_everybody_gets_where_they_may_and_nowhere_else(world: World) -> None:
    for route, let_in in LET_IN.items():
        if route not in UNDECIDED:
            asked = EVERYBODY - let_in if route in REFUSED_ALONE else EVERYBODY
            refused = {who for who in asked if outcome(world, who, route) in (401, 403, 404)}
            assert refused == EVERYBODY - let_in, route


def test_nobody_is_asked_to_sign_in(world: World) -> None:
    asked = {route: outcome(world, NOBODY, route) for route, let_in in LET_IN.items() if NOBODY not in let_in}
    assert set(asked.values()) == {401}


def test_what_one_may_not_see_is_not_there_what_one_may_not_do_is_forbidden(world: World) -> None:
    for route, let_in in LET_IN.items():
        if "{audit:str}" not in route:
            continue
        for who in SIGNED_IN - let_in:
            assert outcome(world, who, route) == (403 if who in READERS else 404), f"{who} {route}"
        for who in SIGNED_IN:
            assert outcome(world, who, route, audit=UNKNOWN_AUDIT) == 404, f"{who} {route}"


# Everybody else who can stand in a team, and who was stopped: by the table, which is tested beside it.

OTHERS: dict[str, Any] = {f"an {role}": role for role in get_args(Role) if role not in ("leader", "auditor")}


@pytest.fixture
def crowd(world: World) -> dict[str, Visitor]:
    """Somebody in each further role of the team, signed in."""
    found = {}
    for number, (login, role) in enumerate(OTHERS.items()):
        key = f"0190f333-0000-7000-8000-{number:012}"
        login = login.replace(" ", "-")
        add = world.services.accounts.add
        world.run(lambda a=add, n=login, k=key: a(login=n, name=n, role="auditor", password=PASSWORD, id=k))
        body = {"path": f"team/{key}", "value": {"name": login, "role": role}, "bases": []}
        world.visitor("office").send(entry("configured", body, by="office"))
        token = world.run(lambda k=key: world.services.sessions.start(k, own_phone=True))
        found[role] = Visitor(world.client, token)
    return found


def handlers(world: World) -> list[tuple[str, str, str]]:
    """Method, path and what it needs, of every route."""
    return [
        (method, route.path, str(handler.opt.get("needs")))
        for route in world.app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    ]


def test_every_role_of_a_team_gets_what_the_table_says(world: World, crowd: dict[str, Visitor]) -> None:
    refused = 0
    for method, path, needs in handlers(world):
        if needs == PUBLIC:
            continue
        _, url = address(f"{method} {path}")
        for role, visitor in crowd.items():
            here: Any = role if "{audit:str}" in path else None
            if may("auditor", here, needs):
                continue
            status = visitor.ask(method, url, headers={"Clausewalk": "1"}).status_code
            assert status == (401 if f"{method} {path}" in GUESTS else 403), f"{role} {method} {path}"
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("role", get_args(GuestRole))
def test_a_guest_gets_to_their_own_pages_and_nowhere_else(world: World, role: GuestRole) -> None:
    guest = come_in(world, role)
    for method, path, needs in handlers(world):
        if needs == PUBLIC:
            continue
        route = f"{method} {path}"
        _, url = address(route, guest=guest.id)
        status = guest.ask(method, url, headers={"Clausewalk": "1"}).status_code
        if route in GUESTS:
            assert (status not in (401, 403)) == (role in GUESTS[route]), route
        else:
            assert status == 401, route


def test_a_guests_page_is_nobody_elses(world: World) -> None:
    guest, other = come_in(world, "attendee"), come_in(world, "attendee")
    for route in GUESTS:
        method, url = address(route, guest=guest.id)
        assert other.ask(method, url, headers={"Clausewalk": "1"}).status_code == 401, route


def test_a_stopped_account_gets_nowhere_with_its_old_session(world: World) -> None:
    world.run(world.services.accounts.disable, "leader")
    for method, path, needs in handlers(world):
        if needs != PUBLIC:
            assert outcome(world, "leader", f"{method} {path}") == 401, f"{method} {path}"


def test_other_methods_say_nothing_of_an_audit_and_do_nothing(world: World) -> None:
    """Methods that a path does not have: alike for an audit that is there and for one that is not."""
    before = world.visitor("leader").get(f"/audits/{AUDIT}/head").json()["head"]
    known = {(method, path) for method, path, _ in handlers(world)}
    for path in sorted({path for _, path, _ in handlers(world) if "{audit:str}" in path}):
        for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"):
            if (method, path) in known or (method == "OPTIONS" and path.endswith("/uploads")):
                continue
            answers = []
            for audit in (AUDIT, UNKNOWN_AUDIT):
                _, url = address(f"{method} {path}", audit=audit)
                answer = world.visitor("stranger").ask(method, url, headers={"Clausewalk": "1"})
                answers.append((answer.status_code, answer.headers.get("allow"), len(answer.content)))
            assert answers[0] == answers[1], f"{method} {path}"
            assert answers[0][0] in (204, 404, 405), f"{method} {path} {answers}"
    assert world.visitor("leader").get(f"/audits/{AUDIT}/head").json()["head"] == before

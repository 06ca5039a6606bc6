"""One certification body in a data folder: an account of each role, one audit, a session for everybody."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
from litestar import Litestar
from litestar.testing import TestClient

from server.audit.admission import admit
from server.people.principal import AccountRole
from server.settings import Settings
from server.web.services import Services, open_services

AUDIT = "0190f111-0000-7000-8000-000000000001"
UNKNOWN_AUDIT = "0190f111-0000-7000-8000-00000000ffff"
PASSWORD = "not-a-secret-1"

ACCOUNTS: dict[str, AccountRole] = {
    "admin": "admin",
    "office": "office",
    "leader": "auditor",
    "auditor": "auditor",
    "observer": "auditor",
    "former": "auditor",
    "stranger": "auditor",
    "reviewer": "reviewer",
}
"""Who there is, by login. Leader, auditor and observer are in the team; former was taken out of it."""

TEAM = {"leader": "leader", "auditor": "auditor", "observer": "observer", "former": "auditor"}
ID = {login: str(uuid.uuid5(uuid.NAMESPACE_URL, f"account {login}")) for login in ACCOUNTS}

STOPS = {
    "s1": {
        "label": "S01",
        "start": "2026-11-18T09:00:00+08:00",
        "end": "2026-11-18T10:00:00+08:00",
        "auditors": [ID["leader"]],
        "department": "管理层",
        "process": {"zh": "方针、目标", "en": "Policy, objectives"},
        "clauses": [{"scheme": "QMS", "number": "6.2.1"}, {"scheme": "EMS", "number": "6.2.1"}],
    },
    "s2": {
        "label": "S02",
        "start": "2026-11-18T10:00:00+08:00",
        "end": "2026-11-18T12:00:00+08:00",
        "auditors": [ID["auditor"]],
        "department": "生产部",
        "process": {"zh": "真空钎焊", "en": "Vacuum brazing"},
        "clauses": [{"scheme": "QMS", "number": "8.5.1"}],
    },
}
CLIENT = {"zh": "临沅暖川真空器皿有限公司", "en": "Linyuan Nuanchuan Vacuum Flask Co., Ltd."}
VISIT = {
    "number": "QHHZ-2026-001",
    "schemes": ["QMS", "EMS", "OHSMS"],
    "start": "2026-11-18",
    "end": "2026-11-19",
}


OBSERVATION = "0190f111-0000-7000-8000-0000000000aa"
FINDING = "0190f111-0000-7000-8000-0000000000bb"
"""An observation of the auditor at s2, and the nonconformity that stands on it."""


def entry(kind: str, body: Mapping[str, Any], *, by: str, **changes: Any) -> dict[str, Any]:
    """An entry as a device writes it; `by` is a login, `changes` replace what it says of itself."""
    made = {
        "kind": kind,
        "id": str(uuid.uuid4()),
        "audit": AUDIT,
        "made_at": datetime.now(UTC).isoformat(),
        "by": ID.get(by, by),
        "device": "phone-1",
        "body": dict(body),
    }
    return made | changes


def observed(by: str = "auditor", text: str = "3 号真空炉保温 25 min", **changes: Any) -> dict[str, Any]:
    """An observation at stop s2."""
    return entry("observed", {"stop": "s2", "text": {"zh": text}}, by=by, **changes)


NONCONFORMITY = {
    "type": "nonconformity",
    "grade": "minor",
    "number": "NC-01",
    "clauses": [{"scheme": "QMS", "number": "8.5.1"}],
    "department": "生产部",
    "statement": {"zh": "保温时间不足"},
    "evidence": {"zh": "3 号炉 11 月 6 日记录 25 min"},
    "requirement": {"zh": "作业指导书 W-7 规定 30 min"},
    "observations": [OBSERVATION],
    "auditor": ID["auditor"],
}


async def settle(services: Services) -> dict[str, str]:
    """Make accounts, the audit, its team and a session for each account; returns tokens by login."""
    tokens = {}
    for login, role in ACCOUNTS.items():
        await services.accounts.add(
            login=login, name=f"{login} 某", role=role, password=PASSWORD, id=ID[login]
        )
        tokens[login] = await services.sessions.start(ID[login], own_phone=False)
    entries = [entry("opened", {"number": "QHHZ-2026-001"}, by="office")]
    entries += [_configured("visit", VISIT)]
    entries += [
        _configured("client", {"name": {"zh": "临沅暖川真空器皿有限公司", "en": "Linyuan Nuanchuan"}})
    ]
    entries += [_configured(f"stops/{key}", stop) for key, stop in STOPS.items()]
    for who, part in TEAM.items():
        entries.append(_configured(f"team/{ID[who]}", {"name": f"{who} 某", "role": part}))
    leaving = next(one for one in entries if one["body"].get("path") == f"team/{ID['former']}")
    entries += [_configured(f"team/{ID['former']}", None, bases=[leaving["id"]])]
    entries += [
        observed(text="3 号真空炉保温 25 min，规定 30 min", id=OBSERVATION),
        entry("found", NONCONFORMITY, by="auditor", id=FINDING),
    ]
    raws = [msgspec.json.encode(one) for one in entries]
    appended = await services.journal.append(AUDIT, raws, sender="", admit=admit, create=True)
    assert {result.status for result in appended.results} == {"stored"}
    return tokens


def _configured(path: str, value: Any, bases: list[str] | None = None) -> dict[str, Any]:
    return entry("configured", {"path": path, "value": value, "bases": bases or []}, by="office")


async def make_world(data: Path) -> dict[str, str]:
    """A data folder with everything of `settle` in it; returns tokens by login."""
    async with open_services(Settings(data=data, cdn="off")) as services:
        return await settle(services)


class Visitor:
    """Somebody at the program's front door: signed in, or nobody. Answers are never followed elsewhere."""

    def __init__(self, client: TestClient[Litestar], token: str | None) -> None:
        self._client = client
        self._headers = {"Cookie": f"clausewalk={token}" if token else "none=1"}

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, **rest: Any
    ) -> httpx.Response:
        """Any request."""
        sent = {**self._headers, **(headers or {})}
        return self._client.request(method, url, headers=sent, follow_redirects=False, **rest)

    def get(self, url: str, **rest: Any) -> httpx.Response:
        """See a page."""
        return self.ask("GET", url, **rest)

    def fill(self, url: str, **fields: str) -> httpx.Response:
        """Send a form as a page of ours does."""
        origin = str(self._client.base_url).rstrip("/")
        return self.ask("POST", url, data=fields, headers={"Origin": origin})

    def send(self, *entries: Mapping[str, Any], audit: str = AUDIT, **headers: str) -> httpx.Response:
        """Send entries as a phone does."""
        return self.send_raw(msgspec.json.encode(entries), audit=audit, **headers)

    def send_raw(self, body: bytes, *, audit: str = AUDIT, **headers: str) -> httpx.Response:
        """Send the body of a batch."""
        sent = {"Clausewalk": "1", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", f"/audits/{audit}/entries", content=body, headers=sent)


class World:
    """The running program with everybody in it."""

    def __init__(self, client: TestClient[Litestar], tokens: Mapping[str, str]) -> None:
        self.client = client
        self.tokens = tokens

    @property
    def app(self) -> Litestar:
        app: Litestar = self.client.app
        return app

    @property
    def services(self) -> Services:
        """The services behind the program. Call them through `run`."""
        services: Services = self.app.state.services
        return services

    def run(self, job: Any, *args: Any) -> Any:
        """Run a coroutine function in the program's own loop."""
        return self.client.blocking_portal.call(job, *args)

    def visitor(self, login: str | None) -> Visitor:
        """Somebody by login; None is nobody."""
        return Visitor(self.client, self.tokens[login] if login else None)

"""The sample audit behind the program's front door, with an account and a session for each of its people."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient

from server.audit.interchange import office_id
from server.audit.state import State
from server.criteria.load import Criteria
from server.criteria.model import Language
from server.demo import today as todays
from server.demo.sample import sample_file
from server.importing import import_file
from server.settings import Settings
from server.web.services import Services, open_services
from tests.support.world import PASSWORD, Visitor

PEOPLE = {"wen": "闻砚秋", "tong": "佟牧野", "zhuo": "卓以宁", "sui": "隋小满"}
"""Logins of the leader, two auditors and the observer. Beside them `new`, who is in no team, and `office`."""

NEWCOMER = "0190f222-0000-7000-8000-00000000000e"


@dataclass(frozen=True)
class Sampled:
    """A data folder with the sample audit, and one with the same plan that begins on `day`."""

    data: Path
    audit: str
    fresh: str
    tokens: dict[str, str]


async def furnish(data: Path, day: date) -> Sampled:
    """Import both audits, make the accounts and sign everybody in."""
    async with open_services(Settings(data=data, cdn="off")) as services:
        imported = [
            await import_file(services.journal, services.blobs, services.criteria, file)
            for file in (sample_file(), todays.file_for(sample_file(), day))
        ]
        state = await services.journal.state(imported[0].audit)
        tokens = await _accounts(services, state)
    return Sampled(data, imported[0].audit, imported[1].audit, tokens)


async def _accounts(services: Services, state: State) -> dict[str, str]:
    by_name = {member.name: principal for principal, member in state.setup.team.items()}
    house = services.criteria.houses[state.setup.house].short
    tokens = {}
    for login, name in PEOPLE.items():
        await services.accounts.add(
            login=login, name=name, role="auditor", password=PASSWORD, id=by_name[name]
        )
        tokens[login] = await services.sessions.start(by_name[name], own_phone=True)
    await services.accounts.add(login="new", name="新来的", role="auditor", password=PASSWORD, id=NEWCOMER)
    tokens["new"] = await services.sessions.start(NEWCOMER, own_phone=True)
    office = office_id(house)
    await services.accounts.add(login="office", name="办公室", role="office", password=PASSWORD, id=office)
    tokens["office"] = await services.sessions.start(office, own_phone=True)
    return tokens


class Sample:
    """The running program with the sample in it."""

    def __init__(self, client: TestClient[Litestar], sampled: Sampled) -> None:
        self.client, self.sampled = client, sampled
        self.audit, self.fresh = sampled.audit, sampled.fresh
        self._languages: dict[str, Language] = {}

    def visitor(self, login: str, language: Language = "zh") -> Visitor:
        """Somebody signed in, with pages in that language."""
        visitor = Visitor(self.client, self.sampled.tokens[login])
        if language != self._languages.get(login, "zh"):
            answer = visitor.fill("/account", language=language, theme="auto", hand="left")
            assert answer.status_code == 303, answer.text
            self._languages[login] = language
        return visitor

    def state(self, audit: str = "") -> State:
        """The state of an audit as the program has it."""
        services: Services = self.client.app.state.services
        state: State = self.client.blocking_portal.call(services.journal.state, audit or self.audit)
        return state

    @property
    def criteria(self) -> Criteria:
        """What is asked as it is now."""
        services: Services = self.client.app.state.services
        return services.criteria

    def record(self, login: str, audit: str, *observations: dict[str, Any]) -> list[str]:
        """Observations that somebody's phone sends; returns their ids."""
        return self.send(login, audit, *(("observed", body) for body in observations))

    def send(self, login: str, audit: str, *made: tuple[str, dict[str, Any]]) -> list[str]:
        """Entries (kind and body) that somebody's phone sends; all have to be stored. Returns their ids."""
        by = next(key for key, one in self.state().setup.team.items() if one.name == PEOPLE[login])
        entries = [
            {
                "kind": kind,
                "id": str(uuid.uuid4()),
                "audit": audit,
                "made_at": datetime.now(UTC).isoformat(),
                "by": by,
                "body": body,
            }
            for kind, body in made
        ]
        answer = self.visitor(login).send(*entries, audit=audit)
        assert {one["status"] for one in answer.json()["results"]} == {"stored"}, answer.text
        return [str(entry["id"]) for entry in entries]

"""HTML typed into every text field of an audit: it is text on every page and in every document."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from server.app import create_app
from server.audit.interchange import Refused, office_id
from server.cli import main
from server.criteria.model import Language
from server.demo.sample import sample_file
from server.importing import import_file
from server.people.principal import AccountRole
from server.settings import Settings
from server.web.services import Services, open_services
from tests.documents.conftest import in_thread
from tests.documents.reading import squeezed, words
from tests.support.world import PASSWORD, Visitor

EVIL = "<img src=x onerror=alert(1)>\"'</textarea></script>{{7*7}}#panic()"
TYPED = re.compile(
    r"(?:^|_)(?:zh|en|text|name|department|area|what|place|building|position|responsible|agreed_with|basis"
    r"|unit|client_representative|contact|project)$"
)
CHOSEN = re.compile(r"rating_|chosen_|answer_|role_|type_|row_|scheme_name|topic|kind_")
"""Words of lists, which the import compares with the house's: no free text."""
OF_EACH_KIND = 6


def poisoned(file: bytes, spared: set[str]) -> tuple[bytes, int]:
    """The file with the payload behind every free text; how many there are."""
    whole = json.loads(file)
    count = 0

    def visit(thing: Any, path: str) -> Any:
        nonlocal count
        if isinstance(thing, dict):
            return {key: visit(value, f"{path}/{key}") for key, value in thing.items()}
        if isinstance(thing, list):
            return [visit(value, f"{path}/{number}") for number, value in enumerate(thing)]
        last = path.rsplit("/", 1)[-1]
        is_text = isinstance(thing, str) and thing and TYPED.search(last) and not CHOSEN.search(last)
        if not is_text or path.split("/")[1] in ("house", "about", "traps") or path in spared:
            return thing
        count += 1
        return thing + EVIL

    return json.dumps(visit(whole, "")).encode(), count


async def _take(services: Services) -> tuple[str, int, dict[str, str]]:
    """Import as much of the payload as the import takes; sessions of the leader and the office."""
    spared: set[str] = set()
    for _ in range(8):
        file, count = poisoned(sample_file(), spared)
        try:
            imported = await import_file(services.journal, services.blobs, services.criteria, file)
            break
        except Refused as refused:
            spared |= {problem.path for problem in refused.problems}
    else:
        raise AssertionError(sorted(spared))
    state = await services.journal.state(imported.audit)
    house = services.criteria.houses[state.setup.house].short
    leader = next(key for key, member in state.setup.team.items() if member.role == "leader")
    people: dict[str, tuple[str, AccountRole]] = {
        "wen": (leader, "auditor"),
        "office": (office_id(house), "office"),
    }
    tokens = {}
    for login, (key, role) in people.items():
        await services.accounts.add(
            login=login,
            name=f"{login}{EVIL}",
            role=role,
            password=PASSWORD,
            id=key,
        )
        tokens[login] = await services.sessions.start(key, own_phone=True)
    return imported.audit, count, tokens


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int, dict[str, str]]:
    """A data folder with the poisoned audit."""
    data = tmp_path_factory.mktemp("evil") / "data"

    async def run() -> tuple[str, int, dict[str, str]]:
        async with open_services(Settings(data=data, cdn="off")) as services:
            return await _take(services)

    audit, count, tokens = in_thread(lambda: asyncio.run(run()))
    return data, audit, count, tokens


def crawl(visitor: Visitor, start: list[str], within: str) -> Iterator[tuple[str, str]]:
    """Every page of HTML that links lead to from these, a few of each kind."""
    waiting, seen = list(start), set(start)
    kinds: Counter[str] = Counter()
    while waiting:
        url = waiting.pop(0)
        answer = visitor.get(url)
        assert answer.status_code < 500, url
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        yield url, answer.text
        for link in re.findall(r'(?:href|hx-get)="([^"]+)"', answer.text):
            link = link.replace("&amp;", "&").split("#")[0]
            is_document = re.search(r"\.(docx|pdf|html|zip|json)\b", link)
            kind = re.sub(r"[0-9a-f-]{32,36}|=[^&]*|S\d+", "*", link)
            if link in seen or is_document or not link.startswith((within, "/office", "/account")):
                continue
            seen.add(link)
            kinds[kind] += 1
            if kinds[kind] <= OF_EACH_KIND:
                waiting.append(link)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_every_page_it_is_text(evil: tuple[Path, str, int, dict[str, str]], language: Language) -> None:
    data, audit, count, tokens = evil
    assert count > 1000
    looked = shown = 0
    with TestClient(create_app(Settings(data=data, cdn="off"))) as client:
        for login in ("wen", "office"):
            visitor = Visitor(client, tokens[login])
            visitor.fill("/account", language=language, theme="auto", hand="left")
            pages = [f"/audits/{audit}", "/", f"/audits/{audit}/setup", f"/audits/{audit}/report"]
            for url, text in crawl(visitor, pages, f"/audits/{audit}"):
                assert "<img src=x" not in text, url
                assert "</textarea></script>" not in text, url
                assert "49#panic" not in text, url
                looked += 1
                shown += "onerror=alert" in text
    assert looked > 60
    assert shown > 30, "the payload has to be there to prove anything"


@pytest.mark.parametrize("kind", ["docx", "pdf", "html"])
@pytest.mark.parametrize("sheets", [False, True])
def test_in_every_document_it_is_text(
    evil: tuple[Path, str, int, dict[str, str]], tmp_path: Path, kind: str, sheets: bool
) -> None:
    data, audit, _, _ = evil
    target = tmp_path / f"report.{kind}"
    options = ["--sheets"] if sheets else []
    assert main(["report", audit, "-o", str(target), "--data", str(data), "--lang", "both", *options]) == 0
    found = words(target).count(squeezed("<img src=x onerror=alert(1)>"))
    assert found > 50, "printed as typed"
    if kind == "html":
        text = target.read_text("utf-8")
        assert "<img src=x" not in text
        assert not re.search(r"</script>\{\{", text)
    if kind == "docx":
        with zipfile.ZipFile(target) as package:
            parts = [package.read(name).decode("utf-8", "ignore") for name in package.namelist()]
        assert not any("<img" in part for part in parts)
        assert not any('TargetMode="External"' in part and "evil" in part for part in parts)

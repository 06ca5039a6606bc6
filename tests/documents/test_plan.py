"""The printed plan: every stop, clause and member in all three formats, and nothing of the records."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.documents.make import make_paper
from server.web.services import Services
from tests.documents.conftest import Audit, with_services
from tests.documents.reading import squeezed, words

KINDS = ("pdf", "docx", "html")


@pytest.fixture(scope="module")
def printed(sample_audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Plans of the sample audit by kind and language; each is made once."""
    folder = tmp_path_factory.mktemp("plans")

    def make(kind: Any, lang: Any = "zh") -> Path:
        target = folder / f"{lang}.{kind}"

        async def job(services: Services) -> None:
            made = await make_paper(services, sample_audit.id, "plan", kind, lang)
            shutil.copy(made.path, target)
            assert made.name == f"90017-2024-QEO-2026-plan-{lang}.{kind}"
            made.discard()

        if not target.exists():
            with_services(sample_audit.data, job)
        return target

    return make


@pytest.mark.parametrize("kind", KINDS)
def test_every_stop_with_its_clauses_and_people(kind: str, printed: Callable[..., Path], sample: Any) -> None:
    said = words(printed(kind))
    for slot in sample["audit"]["plan"]["slots"]:
        assert squeezed(slot["process_zh"]) in said
        assert squeezed(" ".join(slot["clauses"])) in said
        assert slot["start"][:10] in said
    for member in sample["audit"]["team"]:
        assert member["name"] in said
        for registration in member["registrations"]:
            assert squeezed(registration["number"]) in said


@pytest.mark.parametrize("kind", KINDS)
def test_no_record_of_the_audit_stands_in_it(kind: str, printed: Callable[..., Path], sample: Any) -> None:
    said = words(printed(kind))
    assert not [one["id"] for one in sample["observations"] if squeezed(one["text"]) in said]


def test_in_english_and_in_both_languages(printed: Callable[..., Path]) -> None:
    english, both = words(printed("html", "en")), words(printed("html", "both"))
    for expected in ("AuditPlan", "Openingmeeting", "technicalexpert", "WenYanqiu"):
        assert expected.lower() in english.lower()
    assert "首次会议Openingmeeting" in both


def test_a_registration_says_its_grade_in_words(printed: Callable[..., Path], sample: Any) -> None:
    member = next(one for one in sample["audit"]["team"] if one["registrations"])
    number = squeezed(member["registrations"][0]["number"])
    assert f"Q审核员{number}" in words(printed("html"))
    assert f"QAuditor{number}" in words(printed("html", "en"))
    assert f"auditor{number}" not in words(printed("html", "both"))


def test_a_mark_is_explained_and_none_stands_behind_a_telephone_number(
    printed: Callable[..., Path], sample: Any
) -> None:
    said = words(printed("html", "en"))
    phone = squeezed(sample["client"]["contact"]["phone"])
    assert phone in said
    assert f"{phone}†" not in said
    assert ("†" in said) == ("Textmarked†" in said)

"""What the set-up's pages ask about beside what is missing: what is odd, and a number that is taken."""

from __future__ import annotations

from collections.abc import Sequence

from server.audit import readiness
from server.audit.setup import Setup
from server.criteria.model import Language
from server.journal import AuditQuery, AuditRow
from server.web import shown
from server.web.services import Services
from server.web.texts import texts

_LOOKED_AT = 100


async def with_number(services: Services, number: str, but: str = "") -> list[AuditRow]:
    """The audits with exactly this number, the newest first; `but` is the one that asks."""
    if not number:
        return []
    found = await services.journal.list_audits(AuditQuery(words=number, limit=_LOOKED_AT))
    return [row for row in found.rows if row.number == number and row.id != but]


def taken(number: str, others: Sequence[AuditRow], language: Language) -> list[str]:
    """One sentence for each other audit of that number."""
    t = texts(language)
    return [
        t(
            "setup.odd.number_taken",
            number=number,
            client=(row.client_en if language == "en" else "") or row.client or t("setup.no_client"),
            days=shown.span(row.start, row.end) or t("setup.no_days"),
        )
        for row in others
    ]


def odd(setup: Setup, others: Sequence[AuditRow], language: Language) -> dict[str, list[str]]:
    """By section of the set-up: sentences on what to look at again. Nothing of it is a barrier."""
    t = texts(language)
    found = {
        section: [t(f"setup.odd.{code}") for code in codes] for section, codes in readiness.odd(setup).items()
    }
    found["visit"] += taken(setup.visit.number, others, language)
    return found

"""The phrases that fit an audit: a page to read, from which capture takes them, without a network too."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response

from server.audit.coverage import audited_schemes
from server.criteria.model import Phrase
from server.web.guards import Case
from server.web.offline import offline
from server.web.render import page


@get("/audits/{audit:str}/phrases", opt={"needs": "audit.read"}, include_in_schema=False)
async def audit_phrases_page(request: Request[Any, Any, Any], case: NamedDependency[Case]) -> Response[bytes]:
    """Phrases of the house by bank: those of no clause, and those of a scheme of this audit."""
    return page(
        request,
        "pages/phrases.html",
        stamp=("phrases", case.state.hash),
        make=lambda: {"audit": case.state.audit, "banks": _banks(case)},
    )


def _banks(case: Case) -> list[tuple[Any, list[Phrase]]]:
    schemes = set(audited_schemes(case.state.setup))
    banks = [
        (bank.title, [one for one in bank.phrases if _fits(one, schemes)])
        for bank in case.criteria.phrases.values()
    ]
    return [bank for bank in banks if bank[1]]


def _fits(phrase: Phrase, schemes: set[str]) -> bool:
    return not phrase.clauses or any(ref.scheme in schemes for ref in phrase.clauses)


@offline
def _offline(case: Case) -> list[str]:
    return [f"/audits/{case.state.audit}/phrases"] if case.may("observation.write") else []


routes = [audit_phrases_page]

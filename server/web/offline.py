"""What each page module offers for a day without a network: the addresses that belong into the offline pack.

A page module registers a function of the case:

    @offline
    def _offline(case: Case) -> Iterable[str]:
        yield f"/audits/{case.state.audit}/gaps"

An address is offered only to whoever may open it, and answers with a page, not with a redirect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.web.guards import Case

Offer = Callable[[Case], Iterable[str]]
_offers: list[Offer] = []


def offline(offer: Offer) -> Offer:
    """Register what a page module offers."""
    _offers.append(offer)
    return offer


def pages_for(case: Case) -> list[str]:
    """Every address that this person needs to do the whole audit without a network, each once."""
    return list(dict.fromkeys(address for offer in _offers for address in offer(case)))

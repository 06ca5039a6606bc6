"""By when the next audit of a client has to be, by the rules of every scheme that was audited."""

from __future__ import annotations

from collections.abc import Iterable

from server.audit.calendar import iso_day
from server.audit.coverage import audited_schemes
from server.audit.setup import Setup
from server.criteria.intervals import Intervals, next_by

_FIRST_AFTER = ("initial", "recertification")


def next_visit_by(setup: Setup, rules: Iterable[Intervals]) -> str:
    """The ISO day by which the next audit has to be, the earliest of all schemes; "" without a rule."""
    end = iso_day(setup.visit.end)
    if end is None:
        return ""
    found = []
    for scheme in audited_schemes(setup):
        rule = next((one for rule in rules if (one := rule.on(scheme, end))), None)
        if rule is None:
            continue
        certificate = setup.certificates.get(scheme)
        until = iso_day(certificate.valid_until) if certificate else None
        # A certificate that ends now is followed by another one after recertification.
        until = None if setup.visit.type == "recertification" else until
        found.append(next_by(rule, end, first=setup.visit.type in _FIRST_AFTER, valid_until=until))
    return min(found).isoformat() if found else ""

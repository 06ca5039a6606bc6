"""What the team goes through before the closing meeting: candidates, grades, gaps, who still sees what.

ISO/IEC 17021-1:2015, 9.4.6: the team reviews its findings and agrees before the closing meeting.
"""

from __future__ import annotations

from typing import Any

import msgspec

from server.audit import findings, grading
from server.audit.walk import ordered_stops
from server.criteria.model import Language
from server.web import shown
from server.web.overview import Overview

_MOST_GAPS = 12


def agenda(found: Overview, language: Language) -> dict[str, Any]:
    """The lists of the page, each empty where nothing is left."""
    state = found.state
    gaps = [one for one in found.gaps if one.gate == "leave" and one.severity != "note"]
    return {
        "candidates": [
            (
                key,
                content.text,
                _place(found, content.stop, language),
                found.name(_author(found, key), language),
            )
            for key, content in findings.without_finding(state)
        ],
        "grading": [
            (row, msgspec.json.encode(row.one.content).decode())
            for row in grading.rows(state, found.asked.house)
        ],
        "gaps": gaps[:_MOST_GAPS],
        "more_gaps": max(len(gaps) - _MOST_GAPS, 0),
        "unseen": [
            (
                key,
                shown.stop_name(stop, found.state.setup, language),
                shown.hours(stop, found.asked.zone) if stop.start else "",
                [found.name(person, language) for person in stop.auditors],
            )
            for key, stop in ordered_stops(state.setup)
            if stop.type == "audit" and not found.coverage.by_stop.get(key)
        ],
    }


def _author(found: Overview, observation: str) -> str:
    return found.state.observations[observation].first.by


def _place(found: Overview, key: str, language: Language) -> str:
    stop = found.state.setup.stops.get(key)
    return shown.stop_name(stop, found.state.setup, language) if stop else key

"""Typed rows of the file as rows of cards (`checklists/cards`).

Cells are single values in the first language written; a translation stands beside as `<column>_en`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from server.audit.entries import Card
from server.audit.interchange import model


def of_observation(observation: model.Observation, objectives: Iterable[model.Objective]) -> list[Card]:
    """The cards of an observation: samples, measurements, and the objectives that it is the source of."""
    rows = {
        "sampling": [sample(one) for one in observation.samples],
        "measurement": [measurement(one) for one in observation.measurements],
        "objectives": [objective(one) for one in objectives],
    }
    return [Card(type=kind, rows=listed) for kind, listed in rows.items() if listed]


def sample(one: model.Sample) -> dict[str, Any]:
    return {"what": one.what, "population": one.population, "n": one.sample, "ids": one.id}


def measurement(one: model.Measurement) -> dict[str, Any]:
    row = {
        "parameter": one.parameter_zh or one.parameter_en,
        "value": one.value,
        "unit": one.unit,
        "limit": one.limit,
        "basis": one.basis,
        "point": one.point,
    }
    return _translated(row, "parameter", one.parameter_en)


def objective(one: model.Objective) -> dict[str, Any]:
    row: dict[str, Any] = {
        "scheme": one.scheme,
        "department": one.department,
        "name": one.name_zh or one.name_en,
        "target": one.target,
        "actual": one.actual,
        "unit": one.unit,
        "period": one.period,
        "met": one.met,
    }
    return _translated(row, "name", one.name_en)


def _translated(row: dict[str, Any], column: str, words: str) -> dict[str, Any]:
    return row | {f"{column}_en": words} if words and words != row[column] else row

"""When and how a team signs in on site with 认证到, as data by the day from which a rule applies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from server.criteria.lines import Path
from server.criteria.model import Confidence, Data, Text

Moment = Literal["start", "end"]


class Window(Data, frozen=True, kw_only=True):
    """One rule from a day on: both windows in minutes, the distance, and whose faces a photo must show."""

    effective: date
    source: Text
    confidence: Confidence
    opening_from: Moment
    opening_minutes: int
    closing_from: Moment
    closing_minutes: int
    max_distance_km: int
    seen: list[str]
    one_for_all: bool


class CheckIn(Data, frozen=True, kw_only=True):
    """What one file holds."""

    id: str
    title: Text
    windows: list[Window]

    def on(self, day: date) -> Window | None:
        """The rule that applies on that day; None before the first."""
        begun = [one for one in self.windows if one.effective <= day]
        return max(begun, key=lambda one: one.effective, default=None)


def problems(rules: CheckIn) -> Iterator[tuple[Path, str]]:
    """What is wrong with the rules of one file: where in it, and why."""
    for position, window in enumerate(rules.windows):
        for key in ("opening_minutes", "closing_minutes", "max_distance_km"):
            if getattr(window, key) < 1:
                yield ("windows", position, key), "is a whole number above zero"

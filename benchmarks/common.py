"""What every benchmark needs: interleaved runs, medians, a ratio against its budget."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its comparator's. `budget` bounds `ratio` = ours / theirs."""

    name: str
    unit: str
    ours: float
    theirs: float
    budget: float
    better: Literal["higher", "lower"]

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    @property
    def met(self) -> bool:
        return self.ratio >= self.budget if self.better == "higher" else self.ratio <= self.budget

    def __str__(self) -> str:
        sign = "≥" if self.better == "higher" else "≤"
        verdict = "met" if self.met else "MISSED"
        return (
            f"{self.name}: {self.ours:,.1f} {self.unit}, comparator {self.theirs:,.1f} {self.unit},"
            f" ratio {self.ratio:.2f} (budget {sign} {self.budget}) {verdict}"
        )


def interleave(
    ours: Callable[[Path], float], theirs: Callable[[Path], float], *, runs: int = 5
) -> tuple[float, float]:
    """Medians of both, measured in turns after one run each to warm up, so that the machine's moods hit both.

    Each run gets an empty folder of its own on the same disk.
    """
    results: tuple[list[float], list[float]] = ([], [])
    for number in range(runs + 1):
        for measure, values in zip((ours, theirs), results, strict=True):
            with folder() as path:
                value = measure(path)
            if number:
                values.append(value)
    return median(results[0]), median(results[1])


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder on a real disk (`BENCH_DIR`, else here): fsync costs nothing in memory."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=os.environ.get("BENCH_DIR", ".")) as path:
        yield Path(path)

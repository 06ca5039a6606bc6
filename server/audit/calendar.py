"""Days as they stand in an audit: ISO text in its zone, which a file or a phone may have written in any way.

What is no day is None here and never an error: one value must not take away the pages on which it is mended.
"""

from __future__ import annotations

from datetime import date, timedelta


def iso_day(text: str) -> date | None:
    """The day at the beginning of an ISO text; None for anything else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def days_after(day: date, days: int) -> date | None:
    """The day so many days later, or earlier for a negative number; None beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None

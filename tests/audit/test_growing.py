"""What is kept of an audit that grows is what one would make of it anew: coverage and gaps, step by step."""

from __future__ import annotations

from typing import Any

from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from server.audit import gaps
from server.audit.coverage import Memo, PointMap, cover
from server.audit.gaps import Given
from server.audit.state import State, fold
from tests.audit.journals import AUDIT, STOPS, Journal

STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "observe",
                "amend",
                "withdraw",
                "photograph",
                "move photo",
                "drop photo",
                "plan",
                "hold",
                "accept",
            )
        ),
        st.integers(0, 7),
        st.sampled_from(("s1", "s2", "elsewhere")),
        st.sampled_from(("", "conform", "nonconform", "not_seen")),
    ),
    min_size=1,
    max_size=14,
)


def step(journal: Journal, state: State, what: str, which: int, stop: str, outcome: str) -> None:
    """One more entry, as far as there is something for it to speak of."""
    things = [*state.observations.values()]
    photos = [*state.photos.values()]
    content: dict[str, Any] = {"stop": stop, "outcome": outcome, "text": {"zh": f"{which} 台"}}
    content["clauses"] = [{"scheme": "EMS", "number": "8.1"}] if which % 2 else []
    if what == "observe":
        journal.add("observed", content)
    elif what == "hold":
        journal.add("observed", content, standing="held")
    elif what == "accept" and state.held:
        journal.add("accepted", {"entries": [*state.held]})
    elif what == "plan":
        journal.configure(f"stops/{'s1' if which % 2 else 's2'}", STOPS["s1" if which % 3 else "s2"])
    elif things and what in ("amend", "withdraw", "photograph"):
        thing = things[which % len(things)]
        if what == "photograph":
            journal.add("photographed", {"observation": thing.id})
        elif what == "withdraw":
            journal.add("withdrawn", {"target": thing.id, "bases": thing.heads, "reason": "误记"})
        else:
            journal.add("amended", {"target": thing.id, "bases": thing.heads[:1], "observation": content})
    elif things and photos and what in ("move photo", "drop photo"):
        photo, to = photos[which % len(photos)], things[-1 - which % len(things)]
        if what == "move photo":
            body = {"target": photo.id, "bases": photo.heads, "photo": {"observation": to.id}}
            journal.add("amended", body)
        else:
            journal.add("withdrawn", {"target": photo.id, "bases": photo.heads, "reason": "糊了"})


@settings(max_examples=60)
@examples(steps=STEPS)
def test_what_is_kept_is_what_one_would_make_anew(
    points: PointMap, given: Given, steps: list[tuple[str, int, str, str]]
) -> None:
    journal, seen, found = Journal(), Memo(), gaps.Memo()
    for key, stop in STOPS.items():
        journal.configure(f"stops/{key}", stop)
    state = fold(AUDIT, journal.records)
    for one in steps:
        known = len(journal.records)
        step(journal, state, *one)
        fold(AUDIT, journal.records[known:], state)
        coverage = cover(state, points, seen)
        anew = journal.state
        assert coverage == cover(anew, points)
        assert gaps.look(state, given, coverage=coverage, memo=found) == gaps.look(anew, given)

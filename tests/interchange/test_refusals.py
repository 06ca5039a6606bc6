"""What can't be understood is refused by its path, with the reason in both languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from server.audit.interchange import Refused, parse, to_entries
from server.criteria.load import Criteria
from tests.interchange.conftest import Json
from tests.interchange.test_untidy import put

WRONG: dict[str, tuple[Any, str, str]] = {
    # path in the sample: (value, path named, words in the English reason)
    "house/short": ("", "/house/short", "required"),
    "house": ("QHHZ", "/house", "object"),
    "audit": (None, "/audit", "required"),
    "audit/number": (None, "/audit/number", "required"),
    "audit/start": ("soon", "/audit/start", "2026-05-18"),
    "audit/end": ("2026-02-30", "/audit/end", "is no day"),
    "audit/schemes/0": ("X", "/audit/schemes/0", "Q, EC, E, O"),
    "audit/team/0/role": ("king", "/audit/team/0/role", "leader, member"),
    "audit/team/1/name": ("", "/audit/team/1/name", "required"),
    "audit/team/1/id": ("A", "/audit/team/1/id", "two members"),
    "audit/plan/slots/1/id": ("S01", "/audit/plan/slots/1/id", "two slots"),
    "audit/plan/slots/1/auditors/0": ("Z", "/audit/plan/slots/1/auditors/0", "not in the team"),
    "audit/plan/slots/1/kind": ("party", "/audit/plan/slots/1/kind", "opening, audit"),
    "audit/plan/slots/1/start": ("2026-05-18T25:00:00+08:00", "/audit/plan/slots/1/start", "is no moment"),
    "audit/plan/slots/2/clauses/3": ("8.1", "/audit/plan/slots/2/clauses/3", "no scheme letter"),
    "about/time_zone": ("Mars/Olympus", "/about/time_zone", "time zone"),
    "about": ({"time_zone": "Asia"}, "/about/time_zone", "time zone"),
    "about/version": (2, "/about/version", "version 1"),
    "client/headcount": ("about 168", "/client/headcount", "whole number"),
    "client/equipment/0/no": ("inf", "/client/equipment/0/no", "whole number"),
    "client/shifts/0/people": (10**30, "/client/shifts/0/people", "too large"),
    "previous_findings/0/clause": ("eight", "/previous_findings/0/clause", "is no clause"),
    "client/sites": ("here", "/client/sites/0", "object"),
    "observations": ({"OB-001": {}}, "/observations", "list"),
    "observations/3": ("text", "/observations/3", "object"),
    "observations/3/auditor": ("Z", "/observations/3/auditor", "not in the team"),
    "observations/3/slot": ("S99", "/observations/3/slot", "no slot"),
    "observations/3/id": ("OB-001", "/observations/3/id", "two observations"),
    "observations/3/text": (["a"], "/observations/3/text", "must be text"),
    "observations/3/outcome": ("perfect", "/observations/3/outcome", "conform, ofi"),
    "observations/3/evidence_kind": ("rumour", "/observations/3/evidence_kind", "record_sample"),
    "observations/3/clauses/0": ({"scheme": "Q"}, "/observations/3/clauses/0", "clause number"),
    "observations/3/clauses": (
        [{"scheme": "Q", "clause": "eight"}],
        "/observations/3/clauses/0",
        "is no clause",
    ),
    "observations/3/photos/0/taken_by": ("Z", "/observations/3/photos/0/taken_by", "not in the team"),
    "observations/3/photos/0/taken_at": ("noon", "/observations/3/photos/0/taken_at", "is no moment"),
    "observations/3/verified": ("perhaps", "/observations/3/verified", "true or false"),
    "findings/0/grade": ("fatal", "/findings/0/grade", "major, minor"),
    "findings/0/observations/1": ("OB-999", "/findings/0/observations/1", "no observation"),
    "objectives/2/from_observation": ("OB-999", "/objectives/2/from_observation", "no observation"),
    "meetings/attendees/0/present_at": (["lunch"], "/meetings/attendees/0/present_at/0", "opening, closing"),
    "judgements/sections/2.1/index": (7, "/judgements/sections/2.1", "no option 7"),
    "judgements/conclusion_table/0/key": ("mood", "/judgements/conclusion_table/0", "nothing that is rated"),
    "judgements/next_focus/0/from_observation": (
        "OB-999",
        "/judgements/next_focus/0/from_observation",
        "no observation",
    ),
    "changes/0/report_element": (400, "/changes/0", "no element 400"),
}


@pytest.mark.parametrize(
    ("place", "value", "path", "words"), [(k, *v) for k, v in WRONG.items()], ids=list(WRONG)
)
def test_refused_by_path(
    place: str, value: Any, path: str, words: str, sample: Json, criteria: Criteria
) -> None:
    put(place, value)(sample)
    with pytest.raises(Refused) as refused:
        to_entries(parse(json.dumps(sample).encode()), criteria)
    named = {problem.path: problem for problem in refused.value.problems}
    assert path in named
    assert words in named[path].en
    assert re.search("[\u4e00-\u9fff]", named[path].zh)


NO_JSON = {
    "nothing": b"",
    "not JSON": b"number: 1",
    "cut off": b'{"house": {"short": "QHHZ"',
    "a list": b"[]",
    "binary": bytes(range(256)),
    "a bomb of brackets": b"[" * 200_000,
    "deep but closed": b'{"a":' * 60 + b"1" + b"}" * 60,
    "not a number": b'{"a": NaN}',
    "half a character": b'{"house": "\\ud800"}',
    "larger than any audit": b" " * (33 * 1024 * 1024),
}


@pytest.mark.parametrize("data", NO_JSON.values(), ids=list(NO_JSON))
def test_what_is_no_audit_at_all_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        parse(data)
    assert refused.value.problems[0].path in ("", "/house")


def test_everything_wrong_is_named_at_once(sample: Json) -> None:
    put("audit/end", "2026-02-30")(sample)
    put("observations/3/outcome", "perfect")(sample)
    put("findings/0/grade", "fatal")(sample)
    with pytest.raises(Refused) as refused:
        parse(json.dumps(sample).encode())
    assert [problem.path for problem in refused.value.problems] == [
        "/audit/end",
        "/observations/3/outcome",
        "/findings/0/grade",
    ]


KINDS: list[Any] = [None, 1, True, "x", [], {}, [None], {"zh": 1}, 1e300]


@pytest.mark.slow
def test_any_value_anywhere_is_taken_or_refused_never_a_crash(sample: Json, criteria: Criteria) -> None:
    """Each key of the file in turn gets a value of another kind."""
    crashed = []
    sample = _small(sample)
    for number, place in enumerate(_places(sample)):
        file = json.loads(json.dumps(sample))
        put(place, KINDS[number % len(KINDS)])(file)
        try:
            to_entries(parse(json.dumps(file).encode()), criteria)
        except Refused:
            continue
        except Exception as error:  # any other is what this test looks for
            crashed.append((place, repr(error)))
    assert crashed == []


def _small(file: Json) -> Json:
    """One of each thing, so that thousands of imports take seconds."""
    fullest = max(file["observations"], key=len)
    file["observations"] = [{**file["observations"][47], **fullest}]
    file["findings"] = file["findings"][:1]
    for part in ("objectives", "changes", "opportunities", "previous_findings", "findings"):
        file[part] = file[part][:1]
        for key in ("from_observation", "from_observations", "observations", "verified_in"):
            if key in file[part][0]:
                one = fullest["id"]
                file[part][0][key] = one if key == "from_observation" else [one]
    judgements = file["judgements"]
    judgements["positive"] = judgements["next_focus"] = [{"from_observation": fullest["id"]}]
    judgements["suspension"]["from_observations"] = [fullest["id"]]
    for meeting in ("opening", "closing"):
        file["meetings"][meeting]["points"] = file["meetings"][meeting]["points"][:1]
    for part in ("attendees", "signatures"):
        file["meetings"][part] = file["meetings"][part][:1]
    file["client"]["people"] = file["client"]["people"][:1]
    del file["traps"]
    return file


def _places(file: Json) -> list[str]:
    """A path to each kind of place once: indices of lists stand for their first item."""
    found: list[str] = []

    def walk(value: Any, path: str) -> None:
        if path:
            found.append(path)
        if isinstance(value, dict):
            for key, part in value.items():
                walk(part, f"{path}/{key}" if path else key)
        elif isinstance(value, list) and value:
            fullest = max(range(len(value)), key=lambda at: len(str(value[at])))
            walk(value[fullest], f"{path}/{fullest}")

    walk({key: part for key, part in file.items() if key not in ("traps", "house")}, "")
    return found

"""The fold, example by example: versions, conflicts, withdrawal, held entries, set-up."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import pytest

from server.audit.admission import Admission, admit
from server.audit.entries import UnknownKind, decode
from server.audit.setup import BadPath, build, check_value
from server.audit.state import Record, State, apply, fold

AUDIT = str(uuid.UUID(int=0))
MADE_AT = "2026-09-10T10:00:00+08:00"


class Phone:
    """Makes entries and lets them in as the journal would; keeps the records."""

    def __init__(self) -> None:
        self.state = State(AUDIT)
        self.records: list[Record] = []
        self.add("opened", {"number": "1"})

    def add(self, kind: str, body: dict[str, Any], entry_id: str = "") -> str:
        return self.try_to_add(kind, body, entry_id)[0]

    def try_to_add(self, kind: str, body: dict[str, Any], entry_id: str = "") -> tuple[str, Admission]:
        entry_id = entry_id or str(uuid.uuid4())
        head = {
            "kind": kind,
            "id": entry_id,
            "audit": AUDIT,
            "made_at": "2026-09-10T10:00:00+08:00",
            "by": "wen",
        }
        raw = msgspec.json.encode({**head, "body": body})
        try:
            entry = decode(raw)
            verdict = admit(self.state, entry)
        except UnknownKind as unknown:
            entry, verdict = unknown.envelope, Admission("held", "unknown_kind")  # type: ignore[assignment]
        if verdict.status != "refused":
            record = Record(
                len(self.records) + 1, raw, verdict.status, "", str(len(self.records)), None, verdict.reason
            )
            self.records.append(record)
            apply(self.state, record, entry)
        return entry_id, verdict

    def note(self, text: str, entry_id: str = "") -> str:
        return self.add("observed", note(text), entry_id)

    def amend(self, target: str, bases: list[str], text: str, entry_id: str = "") -> str:
        body = {"target": target, "bases": bases, "observation": note(text)}
        return self.add("amended", body, entry_id)

    def texts(self, target: str) -> list[str | None]:
        """What stands of an observation, head by head; None where it was withdrawn."""
        thing = self.state.observations[target]
        contents = [thing.versions[head].content for head in thing.heads]
        return [content.text.zh if content else None for content in contents]


def note(text: str) -> dict[str, Any]:
    return {"stop": "s1", "text": {"zh": text}}


@pytest.fixture
def phone() -> Phone:
    return Phone()


def test_an_amendment_replaces_what_its_author_saw(phone: Phone) -> None:
    first = phone.note("一")
    phone.amend(first, [first], "二")
    assert phone.texts(first) == ["二"]
    assert len(phone.state.observations[first].versions) == 2
    assert phone.state.conflicts() == []


def test_two_amendments_of_the_same_version_both_stand_until_one_names_both(phone: Phone) -> None:
    first = phone.note("一")
    mine, yours = phone.amend(first, [first], "我"), phone.amend(first, [first], "你")
    thing = phone.state.observations[first]
    assert phone.texts(first) == ["我", "你"]
    assert (thing.in_conflict, thing.head.entry) == (True, mine)
    assert phone.state.conflicts() == [thing]
    phone.amend(first, [mine], "我又改")
    assert phone.texts(first) == ["你", "我又改"]
    phone.amend(first, list(thing.heads), "合")
    assert phone.texts(first) == ["合"]
    assert yours in thing.versions
    assert phone.state.conflicts() == []


def test_withdrawing_takes_it_off_the_list_and_an_amendment_beside_it_is_a_conflict(phone: Phone) -> None:
    first, second = phone.note("一"), phone.note("二")
    body = {"target": first, "bases": [first], "reason": "错"}
    phone.add("withdrawn", body)
    assert [thing.id for thing, _ in phone.state.standing_observations()] == [second]
    assert phone.state.observations[first].head.reason == "错"
    phone.amend(first, [first], "还要")
    assert phone.texts(first) == [None, "还要"]
    assert phone.state.observations[first].withdrawn
    phone.amend(first, list(phone.state.observations[first].heads), "恢复")
    assert phone.texts(first) == ["恢复"]


def test_held_entries_may_be_accepted_in_any_order_and_later_ones_still_win(phone: Phone) -> None:
    first, middle = phone.note("一"), str(uuid.uuid4())
    last = phone.amend(first, [middle], "三")
    assert set(phone.state.held) == {last}
    phone.amend(first, [str(uuid.uuid4())], "二", middle)
    phone.add("accepted", {"entries": [last]})
    phone.add("accepted", {"entries": [middle]})
    assert phone.texts(first) == ["一", "三"]  # what `middle` was based on never arrived: both stand
    assert phone.state.held == {}


def test_an_amendment_held_before_its_photo_comes_in_with_it(phone: Phone) -> None:
    observation, photo = str(uuid.uuid4()), str(uuid.uuid4())
    caption = {"observation": observation, "caption": {"zh": "铭牌"}}
    amended = phone.add("amended", {"target": photo, "bases": [photo], "photo": caption})
    phone.add("photographed", {"observation": observation}, photo)
    phone.note("一", observation)
    assert set(phone.state.held) == {amended, photo}
    phone.add("accepted", {"entries": [amended]})
    assert set(phone.state.held) == {amended, photo}, "its photo is not there yet"
    phone.add("accepted", {"entries": [amended, photo]})
    assert phone.state.held == {}
    (shown,) = phone.state.photos_of(observation)
    assert shown.current is not None
    assert shown.current.caption.zh == "铭牌"


def test_accepting_an_acceptance_brings_in_what_it_names_once(phone: Phone) -> None:
    first = phone.note("一")
    held = phone.amend(first, [str(uuid.uuid4())], "二")
    phone.add(
        "released", {**dict.fromkeys(("tree", "docx", "pdf", "head_hash"), "0" * 64), "head": 1, "build": "1"}
    )
    late = phone.note("晚到")
    assert phone.state.held[late].reason == "after_release"
    phone.add("accepted", {"entries": [late, held, late, str(uuid.uuid4())]})
    assert phone.state.held == {}
    assert late in phone.state.observations


def test_an_unknown_kind_stays_held_whatever_is_accepted(phone: Phone) -> None:
    unknown = phone.add("hologram", {"x": 1})
    phone.add("accepted", {"entries": [unknown]})
    assert phone.state.held[unknown].entry is None
    assert phone.state.held[unknown].head.by == "wen"


def test_entries_that_name_each_other_leave_one_head(phone: Phone) -> None:
    first = phone.note("一")
    one, two, itself = (str(uuid.uuid4()) for _ in range(3))
    phone.amend(first, [first, two], "甲", one)
    phone.amend(first, [one], "乙", two)
    phone.amend(first, [first, itself], "自", itself)
    phone.add("accepted", {"entries": list(phone.state.held)})
    assert phone.state.observations[first].heads
    assert phone.state.observations[first].current is not None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("amended", {"bases": [], "finding": {"type": "strength"}}),
        ("amended", {"bases": [], "photo": {"observation": "OBS"}}),
        ("amended", {"bases": []}),
        ("amended", {"bases": [], "observation": note("x"), "finding": {"type": "strength"}}),
        ("amended", {"target": "SETUP", "bases": [], "observation": note("x")}),
        ("withdrawn", {"target": "SETUP", "bases": [], "reason": "x"}),
        ("photographed", {"observation": "SETUP"}),
        ("responded", {"finding": "OBS"}),
    ],
)
def test_what_speaks_of_the_wrong_thing_is_refused(phone: Phone, kind: str, body: dict[str, Any]) -> None:
    names = {"OBS": phone.note("一"), "SETUP": phone.add("configured", {"path": "house", "value": "qinghe"})}
    filled = msgspec.json.encode({"target": "OBS", **body}).decode()
    for name, entry_id in names.items():
        filled = filled.replace(name, entry_id)
    verdict = phone.try_to_add(kind, msgspec.json.decode(filled))[1]
    assert (verdict.status, verdict.reason) == ("refused", "bad_value")


def test_a_state_folded_from_bytes_is_the_one_that_grew(phone: Phone) -> None:
    first = phone.note("一")
    phone.amend(first, [first], "二")
    phone.add("hologram", {})
    phone.amend(first, [str(uuid.uuid4())], "三")
    assert fold(AUDIT, phone.records) == phone.state
    half = fold(AUDIT, phone.records[:3])
    assert fold(AUDIT, phone.records[3:], half) == phone.state


def test_damaged_bytes_name_their_seq() -> None:
    with pytest.raises(ValueError, match="entry 7 of audit"):
        fold(AUDIT, [Record(7, b"\x00", "stored", "", "")])


class TestSetup:
    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("team/wen", {"name": "文", "role": "leader"}),
            ("team/wen", None),
            ("team", None),
            ("visit/number", "N1"),
            ("visit/number", None),
            ("house", "other"),
            ("suspension", None),
            ("suspension/schemes", ["QMS"]),
            ("about/anything", [1]),
        ],
    )
    def test_a_place_takes_what_fits(self, path: str, value: Any) -> None:
        check_value(path, value)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("weather", "fine"),
            ("", 1),
            ("/", 1),
            ("team/", {}),
            ("team/wen", {"name": "文", "role": "boss"}),
            ("visit/no_such", 1),
            ("visit/number", 5),
            ("house/x", "y"),
            ("stops", []),
        ],
    )
    def test_everything_else_is_refused(self, path: str, value: Any) -> None:
        with pytest.raises(BadPath):
            check_value(path, value)

    def test_single_keys_lie_over_the_whole_and_none_takes_out(self) -> None:
        whole = {"a": {"name": "甲", "role": "leader"}, "b": {"name": "乙", "role": "auditor"}}
        values = {
            "team": whole,
            "team/c": {"name": "丙", "role": "expert"},
            "team/b": None,
            "visit": {"number": "1", "start": "2026-01-01"},
            "visit/number": "2",
            "client": None,
        }
        setup = build(values)
        assert {key: member.name for key, member in setup.team.items()} == {"a": "甲", "c": "丙"}
        assert (setup.visit.number, setup.visit.start) == ("2", "2026-01-01")
        assert set(whole) == {"a", "b"}, "what an entry said is not changed"
        assert build(values) == setup

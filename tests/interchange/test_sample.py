"""What the sample audit holds is in the state it becomes: nothing of what was written is lost or changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from server.audit.entries import encode
from server.audit.interchange import parse, principal_id, to_entries
from server.criteria.load import Criteria
from server.demo.sample import sample_file
from tests.interchange.conftest import Fold, Json

LETTERS = {"QMS": "Q", "EMS": "E", "OHSMS": "O"}
TRANSLATED = {
    "record_sample": "sample",
    "ofi": "improve",
    "member": "auditor",
    "technical_expert": "expert",
    "Q": "QMS",
    "E": "EMS",
    "O": "OHSMS",
}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON value with its path."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, f"{path}/{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from leaves(part, f"{path}/{index}")
    elif isinstance(value, str):
        yield path, value


def clauses(value: Any) -> Iterator[dict[str, str]]:
    """Every clause of an entry."""
    if isinstance(value, dict) and value.keys() >= {"scheme", "number"} and value["scheme"] in LETTERS:
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from clauses(part)


def test_every_text_of_the_file_is_in_the_entries(sample: Json, criteria: Criteria) -> None:
    del sample["traps"]
    entries = to_entries(parse(json.dumps(sample).encode()), criteria).entries
    written = [text for entry in entries for _, text in leaves(json.loads(encode(entry)))]
    written += [
        LETTERS[c["scheme"]] + c["number"] for entry in entries for c in clauses(json.loads(encode(entry)))
    ]
    exactly, everything = set(written), "\n".join(written)
    lost = []
    for path, text in leaves(sample):
        moment = text.replace("+08:00", "")
        if TRANSLATED.get(text, text) in exactly or text in everything or moment in everything:
            continue
        lost.append((path, text))
    # Stated beside what they repeat or what follows from their place, and kept in the stored source alone.
    known = ("/row_zh", "/row_en", "/code")
    assert [(path, text) for path, text in lost if not path.endswith(known)] == []


def test_observations_with_photos_and_rows(sample: Json, fold: Fold) -> None:
    state = fold(sample)
    by_label = {o.label: (thing, o) for thing, o in state.standing_observations()}
    assert len(by_label) == 90
    for written in sample["observations"]:
        thing, observation = by_label[written["id"]]
        assert observation.text.zh == written["text"]
        assert observation.text.en == written.get("text_en", "")
        assert observation.stop == written["slot"]
        assert observation.elements == written["report_element"]
        assert observation.verified == written["verified"]
        assert [f"{c.code}" for c in observation.clauses] == [
            c["scheme"] + c["clause"] for c in written["clauses"]
        ]
        photos = [photo.current for photo in state.photos_of(thing.id)]
        assert [photo.caption.zh for photo in photos if photo] == [p["caption_zh"] for p in written["photos"]]
        assert all(photo is not None and photo.sha256 is None for photo in photos)
        rows_of = {card.type: card.rows for card in observation.cards}
        rows = rows_of.get("sampling", [])
        assert [(r["what"], r["population"], r["n"], r["ids"]) for r in rows] == [
            (s["what"], s["population"], s["sample"], s["id"]) for s in written.get("samples", [])
        ]
        values = [
            row["value"] for card in observation.cards if card.type == "measurement" for row in card.rows
        ]
        assert values == [m["value"] for m in written.get("measurements", [])]
    cards = Counter(card.type for _, o in by_label.values() for card in o.cards)
    assert cards["objectives"] == len({o["from_observation"] for o in sample["objectives"]})


def test_words_are_translated_at_the_border(sample: Json, fold: Fold) -> None:
    state = fold(sample)
    outcomes = Counter(o.outcome for _, o in state.standing_observations())
    assert outcomes == {"conform": 79, "nonconform": 5, "improve": 3, "not_seen": 2, "not_applicable": 1}
    kinds = Counter(o.evidence[0].kind for _, o in state.standing_observations())
    assert kinds["sample"] == 39
    assert {(o.evidence[0].start, o.evidence[0].end) for _, o in state.standing_observations()} == {(0, None)}
    assert state.setup.time_zone == "Asia/Shanghai"
    assert state.setup.visit.schemes == ["QMS", "EMS", "OHSMS"]
    assert [c.standard for c in state.setup.visit.criteria] == [
        "ISO 9001:2015",
        "ISO 14001:2015",
        "ISO 45001:2018",
    ]
    roles = Counter(member.role for member in state.setup.team.values())
    assert roles == {"leader": 1, "auditor": 2, "expert": 1, "observer": 1}
    assert {c.name for c in state.setup.companions.values()} == {"纪晚舟", "祝青峦"}


def test_authors_are_principals_of_name_and_registration(sample: Json, fold: Fold) -> None:
    state = fold(sample)
    leader = principal_id("QHHZ", "闻砚秋", "2023-N1QMS-0000111")
    assert state.setup.team[leader].name == "闻砚秋"
    first = next(state.standing_observations())[0].first
    assert first.by == leader
    assert first.made_at.isoformat() == "2026-05-18T08:46:00+08:00"


def test_findings_judgements_and_signatures(sample: Json, fold: Fold) -> None:
    state = fold(sample)
    findings = [f for _, f in state.standing_findings()]
    assert Counter((f.type, f.grade) for f in findings) == {
        ("nonconformity", "major"): 1,
        ("nonconformity", "minor"): 3,
        ("opportunity", ""): 3,
    }
    assert sum(map(len, state.responses.values())) == 2
    assert set(state.verifications) >= {"90017-2025-01", "90017-2025-02"}
    recommended = state.judgements["7.recommendations"].current
    assert recommended is not None
    assert [(c.option, c.schemes) for c in recommended.choices] == [
        (0, ["QMS", "EMS", "OHSMS"]),
        (2, ["QMS", "OHSMS"]),
    ]
    assert len(state.judgements) == 13
    unresolved = state.answers["1.5.8.unresolved"].current
    assert unresolved is not None
    assert unresolved.none
    assert [a.changed for k in state.answers if k.startswith("3.") and (a := state.answers[k].current)] == [
        change["changed"] for change in sample["changes"]
    ]
    assert Counter(s.what for s in state.signatures.values()) == {"opening": 15, "closing": 15, "report": 3}
    assert all(s.imported and s.picture is None for s in state.signatures.values())
    assert state.setup.stated["nonconformities"] == sample["judgements"]["nonconformities"]
    assert not state.released
    assert not state.conflicts()
    assert not state.held


def test_the_same_file_gives_the_same_bytes(criteria: Criteria) -> None:
    parsed = parse(sample_file())
    entries = to_entries(parsed, criteria).entries
    again = to_entries(
        parse(json.dumps(json.loads(sample_file()), indent=3).encode("utf-16")), criteria
    ).entries
    assert [encode(entry) for entry in entries] == [encode(entry) for entry in again]
    assert len({entry.id for entry in entries}) == len(entries)
    assert {entry.audit for entry in entries} == {parsed.audit}
    assert parsed.warnings == ()


def test_traps_leave_no_trace(sample: Json) -> None:
    with_traps = parse(json.dumps(sample).encode())
    del sample["traps"]
    assert parse(json.dumps(sample).encode()).canonical == with_traps.canonical
    assert "traps" not in msgspec.json.decode(with_traps.canonical)


def test_what_the_file_says_to_look_at_is_in_the_set_up(sample: Json, fold: Fold) -> None:
    point = {"number": "OFI-1", "department": "生产部", "clauses": ["Q8.5.1"]}
    sample["previous_focus"] = [point | {"text": {"zh": "3号炉", "en": "Furnace 3"}}]
    [(key, one)] = fold(sample).setup.focus.items()
    assert (key, one.number, one.department) == ("focus-1", "OFI-1", "生产部")
    assert ([ref.code for ref in one.clauses], one.text.zh, one.text.en) == (["Q8.5.1"], "3号炉", "Furnace 3")

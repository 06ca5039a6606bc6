"""Audits written entry by entry, as devices would."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import msgspec

from server.audit.state import Record, State, fold

AUDIT = "0190f000-0000-7000-8000-000000000000"
WEN, TONG, ZHUO = (str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in ("Wen", "Tong", "Zhuo"))
STOPS = {
    "s1": {
        "label": "S01",
        "start": "2026-05-18T09:00:00+08:00",
        "end": "2026-05-18T10:30:00+08:00",
        "auditors": [WEN],
        "department": "管理层",
        "process": {"zh": "方针、目标", "en": "Policy, objectives"},
        "clauses": [{"scheme": "QMS", "number": "6.2.1"}, {"scheme": "EMS", "number": "6.2.1"}],
    },
    "s2": {
        "label": "S02",
        "start": "2026-05-18T10:30:00+08:00",
        "end": "2026-05-18T12:00:00+08:00",
        "auditors": [TONG],
        "department": "生产部",
        "process": {"zh": "抛光", "en": "Polishing"},
        "clauses": [{"scheme": "EMS", "number": "8.1"}, {"scheme": "QMS", "number": "7.1.5"}],
    },
    "s3": {
        "label": "S03",
        "type": "closing",
        "start": "2026-05-18T16:00:00+08:00",
        "end": "2026-05-18T16:30:00+08:00",
        "auditors": [WEN, TONG],
    },
}


class Journal:
    """Entries in the order of seq; `state` folds them afresh."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def add(self, kind: str, body: dict[str, Any], *, by: str = WEN, standing: Any = "stored") -> str:
        """Append one entry and return its id."""
        seq = len(self.records) + 1
        entry = {
            "kind": kind,
            "id": str(uuid.uuid5(uuid.UUID(AUDIT), str(seq))),
            "audit": AUDIT,
            "made_at": datetime(2026, 5, 18, 9, 0, seq % 60, tzinfo=UTC).isoformat(),
            "by": by,
            "device": "phone",
            "body": body,
        }
        self.records.append(Record(seq, msgspec.json.encode(entry), standing, "", ""))
        return str(entry["id"])

    def configure(self, path: str, value: Any) -> None:
        """Set one path of the set-up, over whatever stands there."""
        standing = self.state.configured.get(path)
        self.add("configured", {"path": path, "value": value, "bases": standing.heads if standing else []})

    def observe(self, stop: str = "s1", *clauses: str, by: str = WEN, **content: Any) -> str:
        """An observation; clauses as `QMS 8.1`, with an outcome of their own as `QMS 8.1 improve`."""
        parts = [clause.split() for clause in clauses]
        listed = [{"scheme": p[0], "number": p[1], "outcome": p[2] if len(p) > 2 else ""} for p in parts]
        return self.add("observed", {"stop": stop, "clauses": listed, **content}, by=by)

    @property
    def state(self) -> State:
        """The audit as it stands."""
        return fold(AUDIT, self.records)


def planned() -> Journal:
    """A surveillance of two schemes with two stops to audit and the closing meeting; nothing seen yet."""
    made = Journal()
    made.add("opened", {"number": "90017-2026"})
    made.configure(
        "visit",
        {
            "number": "90017-2024-QE-2026",
            "contract_number": "90017-2024",
            "schemes": ["QMS", "EMS"],
            "start": "2026-05-18",
            "end": "2026-05-19",
        },
    )
    for key, stop in STOPS.items():
        made.configure(f"stops/{key}", stop)
    for principal, name, role in ((WEN, "闻砚秋", "leader"), (TONG, "佟牧野", "auditor")):
        made.configure(f"team/{principal}", {"name": name, "role": role})
    return made

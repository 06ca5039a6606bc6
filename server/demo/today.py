"""A second audit of the sample's client with the same plan, beginning today, nothing recorded yet."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

CONTRACT = "90018-2024"
NUMBER = CONTRACT + "-QEO-"
"""How the numbers of such audits begin."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_RESULTS = (
    *("objectives", "changes", "observations", "findings"),
    *("opportunities", "judgements", "meetings", "traps"),
)


def file_for(sample: bytes, today: date) -> bytes:
    """The interchange file of that audit: the sample with every date shifted and every result taken out."""
    source: dict[str, Any] = msgspec.json.decode(sample)
    days = today - date.fromisoformat(source["audit"]["start"])
    for key in _RESULTS:
        source.pop(key, None)
    _plan_only(source["audit"])
    for certificate in source["certificates"]:
        certificate["status_after_this_audit"] = ""
    for finding in source["previous_findings"]:
        finding |= {"verified_in": [], "result": ""}
    source = _shifted(source, days)
    source["audit"] |= {"number": f"{NUMBER}{today.year}", "contract_number": CONTRACT}
    source["about"] |= {"title_zh": "今日审核（示例）", "title_en": "Today's audit (sample)"}
    return msgspec.json.encode(source)


def _plan_only(audit: dict[str, Any]) -> None:
    """The plan as it was sent to the client, before anything happened."""
    audit |= {"report_date": "", "signatures": [], "attachments": []}
    audit["man_days"]["actual"] = None
    audit["plan"] |= {"changes": [], "completion": {}}
    for slot in audit["plan"]["slots"]:
        slot |= slot.pop("before_change", {})
        slot.pop("changed_by", None)
        slot["status"] = "planned"


def _shifted(value: Any, days: timedelta) -> Any:
    """Every day and moment of the file, moved by so many days."""
    if isinstance(value, dict):
        return {key: _shifted(part, days) for key, part in value.items()}
    if isinstance(value, list):
        return [_shifted(part, days) for part in value]
    if not isinstance(value, str):
        return value
    if _DAY.fullmatch(value):
        return (date.fromisoformat(value) + days).isoformat()
    if _DAY.match(value) and value[10:11] == "T":
        return (datetime.fromisoformat(value) + days).isoformat()
    return value

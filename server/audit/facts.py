"""Facts of a nonconformity that a guide said are not so, and that nobody has cleared up since.

ISO/IEC 17021-1:2015, 9.4.5.3 (the evidence is accurate) and 9.4.5.4 (what stays disputed).
"""

from __future__ import annotations

from server.audit.entries import ConfirmedBody, Finding
from server.audit.state import State


def denied(state: State, finding: str, content: Finding) -> list[ConfirmedBody]:
    """Each guide's last word on the evidence, where it denies what the evidence still says."""
    said = state.confirmations.get(finding, [])
    last = {one.body.of: one.body for one in said if one.body.asked}
    evidence = (content.evidence.zh, content.evidence.en)
    return [one for one in last.values() if one.right is False and one.text in evidence]

"""Signatures whose picture never came: entry and picture go apart, and a phone may die in between."""

from __future__ import annotations

from collections.abc import Iterator

from server.audit.acknowledgement import NONCONFORMITY
from server.audit.entries import Text
from server.audit.gaps.model import Audit, Gap, gap
from server.audit.report_signatures import REPORT
from server.audit.signing import ACCOMPANIED, COMMITMENT, MEETING_NAMES, MEETINGS, standing_signatures


def missing_pictures(audit: Audit) -> Iterator[Gap]:
    """One gap for each standing signature whose picture is not here."""
    arrived = audit.beside.arrived
    if arrived is None:
        return
    for entry, one in standing_signatures(audit.state):
        if one.picture is None or one.picture in arrived:
            continue
        signed, where = _signed(audit, one.what)
        yield gap(
            "SIGNATURE_NOT_ARRIVED",
            message=Text(
                zh=f"{signed.zh}：{one.name}的签名图样还没有送达",
                en=f"{signed.en}: the picture of {one.name}'s signature has not arrived",
            ),
            where=where,
            entries=[entry],
        )


def _signed(audit: Audit, what: str) -> tuple[Text, str]:
    """What was signed, in words, and the place where it is signed."""
    for meeting in MEETINGS:
        if what == meeting:
            return MEETING_NAMES[meeting], f"meetings/{meeting}"
    kind, _, key = what.partition("/")
    if kind == ACCOMPANIED:
        return audit.stop_name(key), f"stops/{key}"
    if kind == NONCONFORMITY:
        finding = audit.state.findings.get(key)
        name = (finding.current.number if finding and finding.current else "") or key[:8]
        return Text(zh=f"不符合{name}", en=f"Nonconformity {name}"), f"findings/{key}"
    if kind == COMMITMENT:
        return Text(zh="公正与保密承诺", en="Commitment"), "meetings/opening"
    if kind == REPORT:
        return Text(zh="报告", en="Report"), "signatures"
    return Text(zh=what, en=what), ""

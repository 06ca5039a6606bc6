"""What an audit says beside the last one of its client: copied paragraphs (RV-09), addresses (RV-15).

Asked only where that audit is in this house's journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.audit.entries import Text
from server.audit.gaps.model import Audit, Gap, gap
from server.audit.repeated import repeats

ORGANIZATION = "3.organization"
"""The element that tells changes of name, location and area."""

_KINDS: Mapping[str, Text] = {
    "registered_address": Text(zh="注册地址", en="Registered address"),
    "office_address": Text(zh="办公地址", en="Office address"),
    "operating_address": Text(zh="经营地址", en="Operating address"),
}


def copied(audit: Audit) -> Iterator[Gap]:
    """RV-09: a paragraph that stands nearly word for word in the last audit of this client."""
    cycle = audit.beside.cycle
    if cycle is None or not cycle.earlier:
        return
    last = cycle.earlier[-1]
    for one in repeats(cycle.now.paragraphs, last.paragraphs):
        name, percent = _name(audit, one.where), round(100 * one.share)
        yield gap(
            "PARAGRAPH_COPIED",
            message=Text(
                zh=f"{name.zh}与上次审核（{last.number}）的一段有 {percent}% 相同",
                en=f"{name.en}: {percent} % the same as a paragraph of the last audit ({last.number})",
            ),
            about=[last.number, percent],
            where=one.where,
            entries=[one.where.partition("/")[2]] if one.where.startswith("observations/") else (),
        )


def _name(audit: Audit, where: str) -> Text:
    if where.startswith("observations/"):
        thing = audit.state.observations[where.partition("/")[2]]
        assert thing.current is not None, "only standing observations have paragraphs"
        name = audit.observation_name(thing, thing.current)
        return Text(zh=name, en=name)
    key = where.partition("#")[2]
    titles = (one.title for one in audit.form.elements if one.key == key)
    return next((Text(zh=title.zh, en=title.get("en")) for title in titles), Text(zh=key, en=key))


def addresses(audit: Audit) -> Iterator[Gap]:
    """RV-15: an address differs from that of the last audit, and report 三 1) tells of no change."""
    cycle = audit.beside.cycle
    answer = audit.state.answers.get(ORGANIZATION)
    said = answer.current if answer else None
    if cycle is None or not cycle.earlier or (said and (said.text.zh or said.text.en)):
        return
    if not (said and said.none) and not (audit.beside.empty and ORGANIZATION in audit.beside.empty):
        return  # observations tell something there
    last, now = cycle.earlier[-1], cycle.now
    for kind, name in _KINDS.items():
        before, here = last.addresses.get(kind, ""), now.addresses.get(kind, "")
        if before and here and before != here:
            yield gap(
                "ADDRESS_CHANGE_UNTOLD",
                severity="error" if said and said.none else "warning",
                message=Text(
                    zh=f"{name.zh}与上次审核（{last.number}）不同，报告三 1) 没有写变更",
                    en=f"{name.en} differs from the last audit ({last.number}); report 3 1) tells no change",
                ),
                about=[kind, before, here],
                where=f"report#{ORGANIZATION}",
            )

"""What is missing: evidence, findings, bytes, decisions between versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.audit import findings as found
from server.audit.coverage import outcome_of, plain
from server.audit.entries import Observation, Text
from server.audit.gaps.model import CLOCK_LIMIT_MS, Audit, Gap, gap
from server.audit.setup import GONE, Stop
from server.audit.state import Thing
from server.audit.walk import ordered_stops
from server.criteria.model import ClauseRef


def empty_stops(audit: Audit) -> Iterator[Gap]:
    """A stop planned for auditing at which nothing was recorded."""
    stops = audit.state.setup.stops
    if all(stop.type != "audit" or key in audit.coverage.by_stop for key, stop in stops.items()):
        return
    for key, stop in ordered_stops(audit.state.setup):
        if stop.type == "audit" and key not in audit.coverage.by_stop and stop.status not in GONE:
            name = audit.stop_name(key)
            zh, en = _who(audit, stop, "zh"), _who(audit, stop, "en")
            yield gap(
                "SLOT_EMPTY",
                message=Text(
                    zh=f"{name.zh}{f'（{zh}）' if zh else ''}没有审核记录",
                    en=f"{name.en}{f' ({en})' if en else ''}: no observation",
                ),
                about=stop.auditors,
                where=f"stops/{key}",
            )


def _is_due(stop: Stop) -> bool:
    """Whether something is to be recorded at a stop: one for auditing that no change on site left out."""
    return stop.type == "audit" and stop.status not in GONE


def _who(audit: Audit, stop: Stop, lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(audit.name(auditor, lang) for auditor in stop.auditors)


def unseen_clauses(audit: Audit) -> Iterator[Gap]:
    """Planned clauses nobody looked at anywhere, told at the first stop that planned them."""
    open_clauses = {clause for scheme in audit.coverage.schemes for clause in scheme.missing}
    if not open_clauses:
        return
    for key, stop in ordered_stops(audit.state.setup):
        here = [plain(clause) for clause in stop.clauses if plain(clause) in open_clauses]
        open_clauses.difference_update(here)
        if here and (audit.coverage.by_stop.get(key) or stop.status in GONE):
            codes = [clause.code for clause in here]
            name = audit.stop_name(key)
            yield gap(
                "CLAUSES_UNSEEN",
                message=Text(
                    zh=f"{name.zh}：计划的{len(codes)}个条款没有看到：{'、'.join(codes)}",
                    en=f"{name.en}: {len(codes)} planned clauses not seen: {', '.join(codes)}",
                ),
                about=codes,
                where=f"stops/{key}",
            )


def last_chances(audit: Audit) -> Iterator[Gap]:
    """Clauses that no surveillance of the cycle has seen, in the last one before recertification."""
    cycle = audit.beside.cycle
    if cycle is None:
        return
    for scheme, standard in audit.given.standards.items():
        refs = [ClauseRef(scheme=scheme, number=clause.number) for clause in standard.auditable]
        asked = [(scheme, ref.number) for ref in refs if audit.state.setup.applies(ref)]
        codes = [ClauseRef(scheme=scheme, number=number).code for _, number in cycle.last_chance(asked)]
        if codes:
            yield gap(
                "CYCLE_LAST_CHANCE",
                message=Text(
                    zh=f"本周期还没有看过、再认证前最后一次：{'、'.join(codes)}",
                    en=f"Never seen in this cycle, last chance before recertification: {', '.join(codes)}",
                ),
                about=codes,
                where="cycle",
            )


def unraised_nonconformities(audit: Audit) -> Iterator[Gap]:
    """不符合 said of an observation on which no nonconformity stands."""
    used = {observation for one in audit.nonconformities for observation in one.content.observations}
    for seen in audit.seen_as("nonconform"):
        if seen.id in used:
            continue
        key = seen.id
        name = audit.observation_name(audit.state.observations[key], seen.content)
        yield gap(
            "NC_WITHOUT_FINDING",
            message=Text(
                zh=f"{name}判为不符合，还没有开出不符合",
                en=f"{name}: judged nonconforming, no nonconformity raised",
            ),
            about=sorted(_nonconforming(seen.content)),
            where=f"observations/{key}",
            entries=[key],
        )


def _nonconforming(content: Observation) -> set[str]:
    return {c.code for c in content.clauses if outcome_of(content, c) == "nonconform"}


def missing_pages(audit: Audit) -> Iterator[Gap]:
    """Documents of which a photographed page never came."""
    for thing in audit.state.attachments.values():
        body, arrived = thing.current, audit.beside.arrived
        if body is None or arrived is None or all(page.sha256 in arrived for page in body.pages):
            continue
        name, who = body.title.zh or body.title.en or thing.id[:8], audit.name(thing.first.by)
        yield gap(
            "PHOTO_NOT_ARRIVED",
            message=Text(
                zh=f"{name}：有几页还没有送达（{who}）", en=f"{name}: some pages have not arrived ({who})"
            ),
            where=f"observations/{body.observation}#{thing.id}" if body.observation else "setup/documents",
            entries=[thing.id],
        )


def missing_photos(audit: Audit) -> Iterator[Gap]:
    """Photos whose bytes never came, that were named without a file, or whose time is unknown."""
    for thing in audit.state.photos.values():
        photo = thing.current
        if photo is None:
            continue
        name = photo.label or photo.caption.get("zh") or thing.id[:8]
        where = f"observations/{photo.observation}#{thing.id}"
        if photo.sha256 is None:
            yield gap(
                "PHOTO_NO_FILE",
                message=Text(zh=f"{name}：无文件", en=f"{name}: named without a file"),
                where=where,
                entries=[thing.id],
            )
        elif audit.beside.arrived is not None and photo.sha256 not in audit.beside.arrived:
            who = audit.name(thing.first.by)
            yield gap(
                "PHOTO_NOT_ARRIVED",
                message=Text(
                    zh=f"{name}：照片还没有送达（{who}）", en=f"{name}: the photo has not arrived ({who})"
                ),
                where=where,
                entries=[thing.id],
            )
        if photo.taken_at is None:
            yield gap(
                "PHOTO_NO_TIME",
                message=Text(zh=f"{name}没有拍摄时间", en=f"{name} has no capture time"),
                where=where,
                entries=[thing.id],
            )


def two_versions(audit: Audit) -> Iterator[Gap]:
    """Objects of which two versions stand side by side until an amendment names both."""
    state = audit.state
    conflicts = state.conflicts()
    if not conflicts:
        return
    places: tuple[tuple[Mapping[str, Thing[Any]], str], ...] = (
        (state.observations, "observations/"),
        (state.findings, "findings/"),
        (state.answers, "report#"),
        (state.judgements, "report#"),
    )
    where = {thing.id: f"{prefix}{key}" for group, prefix in places for key, thing in group.items()}
    for thing in conflicts:
        who = "、".join(audit.name(thing.versions[head].by) for head in thing.heads)
        yield gap(
            "TWO_VERSIONS",
            message=Text(
                zh=f"同一内容有{len(thing.heads)}个版本（{who}）",
                en=f"{len(thing.heads)} versions stand ({who})",
            ),
            where=where.get(thing.id, ""),
            entries=list(thing.heads),
        )


def held_entries(audit: Audit) -> Iterator[Gap]:
    """Evidence that came late and waits for the leader, after release for the reviewer."""
    accepts = Text(zh="复核人员", en="reviewer") if audit.state.released else Text(zh="组长", en="leader")
    for key, held in audit.state.held.items():
        who = audit.name(held.head.by) if held.head else ""
        yield gap(
            "ENTRY_HELD",
            message=Text(
                zh=f"一条来自{who or '新版本手机'}的记录待{accepts.zh}接收",
                en=f"a late entry of {who or 'a newer phone'} waits for the {accepts.en}",
            ),
            where="held",
            entries=[key],
        )


def wrong_clocks(audit: Audit) -> Iterator[Gap]:
    """Devices whose clock is more than five minutes off; times shown are corrected by it."""
    for principal, skew in sorted(audit.beside.clocks.items()):
        if abs(skew) > CLOCK_LIMIT_MS:
            minutes = round(abs(skew) / 60_000)
            yield gap(
                "CLOCK_OFF",
                message=Text(
                    zh=f"{audit.name(principal)}的手机时钟差{minutes}分钟",
                    en=f"the clock of {audit.name(principal, 'en')}'s phone is {minutes} min off",
                ),
                about=[principal],
                where="",
            )


def unclassified(audit: Audit, thing: Thing[Observation], content: Observation) -> Iterator[Gap]:
    """Observations still 待归类: no clause yet."""
    if not content.clauses:
        name = audit.observation_name(thing, content)
        yield gap(
            "NO_CLAUSE",
            message=Text(zh=f"{name}还没有归到条款", en=f"{name} names no clause yet"),
            where=f"observations/{thing.id}",
            entries=[thing.id],
        )


def incomplete_findings(audit: Audit) -> Iterator[Gap]:
    """A nonconformity is requirement + statement + evidence, with clause and grade (9.4.5.3)."""
    parts = {
        "grade": ("等级", "grade"),
        "clauses": ("条款", "clause"),
        "statement": ("陈述", "statement"),
        "evidence": ("证据", "evidence"),
        "requirement": ("要求", "requirement"),
    }
    for one in audit.nonconformities:
        lacking = [names for part, names in parts.items() if not _filled(getattr(one.content, part))]
        if lacking:
            number = one.content.number or one.id[:8]
            yield gap(
                "NC_INCOMPLETE",
                message=Text(
                    zh=f"不符合{number}缺{'、'.join(zh for zh, _ in lacking)}",
                    en=f"Nonconformity {number} lacks {', '.join(en for _, en in lacking)}",
                ),
                where=f"findings/{one.id}",
                entries=[one.id],
            )


def numbers_twice(audit: Audit) -> Iterator[Gap]:
    """Two findings with one number: two people raised them without a network."""
    by_number: dict[str, list[str]] = {}
    for one in found.listing(audit.state):
        if one.content.number:
            by_number.setdefault(one.content.number, []).append(one.id)
    for number, keys in by_number.items():
        if len(keys) > 1:
            yield gap(
                "NC_NUMBER_TWICE",
                message=Text(
                    zh=f"编号{number}用了{len(keys)}次", en=f"Number {number} is given {len(keys)} times"
                ),
                where=f"findings/{keys[-1]}",
                entries=keys,
            )


def _filled(value: Any) -> bool:
    return bool(value.zh or value.en) if isinstance(value, Text) else bool(value)


def outboxes(audit: Audit) -> Iterator[Gap]:
    """Phones that hold something the server hasn't got, or weren't heard of, so that nobody knows."""
    for one in audit.beside.outboxes:
        if one.word == "safe":
            continue
        outbox, is_silent = one.outbox, one.word == "silent"
        at = f"{outbox.heard_at.astimezone(audit.zone):%m-%d %H:%M}"
        held = Text(
            zh=f"{outbox.entries}条、{outbox.photos}张照片只在手机上",
            en=f"{outbox.entries} entries and {outbox.photos} photos on the phone only",
        )
        since = Text(zh=f"{at}以后没有消息，当时", en=f"not heard of since {at}; ")
        nothing = Text(zh="全部送达", en="all had been delivered")
        told = (held if outbox.holds else nothing) if is_silent else held
        yield gap(
            "OUTBOX_SILENT" if is_silent else "OUTBOX_WAITING",
            message=Text(
                zh=f"{audit.name(outbox.by)}：{since.zh if is_silent else ''}{told.zh}",
                en=f"{audit.name(outbox.by, 'en')}: {since.en if is_silent else ''}{told.en}",
            ),
            where="leave",
            # When it was heard is the fact: heard again, it is another gap.
            about=[outbox.by, outbox.device, outbox.entries, outbox.photos, *([at] if is_silent else [])],
            severity=None if outbox.holds else "warning",
        )


def unheard(audit: Audit) -> Iterator[Gap]:
    """Members of the team none of whose phones ever reported. Once one does, it is a gap no more."""
    for who in audit.beside.unheard:
        yield gap(
            "OUTBOX_UNHEARD",
            message=Text(
                zh=f"{audit.name(who)}：手机还没有报告过",
                en=f"{audit.name(who, 'en')}: no phone heard from yet",
            ),
            where="leave",
            about=[who, ""],
        )

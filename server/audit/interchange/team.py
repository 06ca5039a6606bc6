"""Who goes where and when: team, guides and plan, from the file to `configured` entries."""

from __future__ import annotations

from server.audit import setup
from server.audit.entries import Text
from server.audit.interchange import model
from server.audit.interchange.builder import Builder
from server.audit.interchange.problems import Path


def add_people(builder: Builder) -> None:
    """The team by principal; guides among the companions by their letter."""
    listed: set[str] = set()
    for member in (*builder.file.audit.team, *builder.file.audit.others):
        if member.role == "guide":
            companion = setup.Companion(
                name=member.name,
                name_en=member.name_en,
                label=member.id,
                from_=Text(zh=member.from_zh, en=member.from_en),
                areas=Text(zh=member.areas_zh, en=member.areas_en),
            )
            key = builder.key(member.id or member.name)
            builder.configure(f"companions/{key}", companion, member.where)
        else:
            principal = builder.members[member.id or member.name]
            if principal in listed:
                builder.notes.warn(
                    member.where, f"{member.name}已在审核组中", f"{member.name} is listed twice"
                )
                continue
            listed.add(principal)
            builder.configure(f"team/{principal}", _member(builder, member), member.where)
    if builder.leader not in listed:
        builder.notes.warn(("audit", "team"), "没有审核组长", "there is no team leader")


def _member(builder: Builder, member: model.Member) -> setup.Member:
    return setup.Member(
        name=member.name,
        name_en=member.name_en,
        role=member.role,  # type: ignore[arg-type]  # guides are companions
        label=member.id,
        registrations=[
            setup.Registration(
                scheme=one.scheme,
                grade=one.grade,
                number=one.number,
                professional_codes=one.professional_codes,
                valid_until=one.valid_until,
            )
            for one in member.registrations
        ],
        consulted=member.consulting_for_client_last_2_years,
        from_=Text(zh=member.from_zh, en=member.from_en),
        field=Text(zh=member.field_zh, en=member.field_en),
        accompanies=builder.people(member.accompanies),
        stops=[builder.stops.get(slot, slot) for slot in member.slots],
    )


def add_matrix(builder: Builder) -> None:
    """Who answers for which clauses; rows of one department are laid together, ● beats ○."""
    rows: dict[str, dict[str, setup.Mark]] = {}
    where: dict[str, Path] = {}
    for row in builder.file.audit.plan.matrix:
        marks = rows.setdefault(row.department, {})
        where.setdefault(row.department, row.where)
        for clause in row.related:
            marks.setdefault(clause.code, "related")
        for clause in row.main:
            marks[clause.code] = "main"
    for department, marks in rows.items():
        builder.configure(f"matrix/{department}", marks, where[department])


def add_plan(builder: Builder) -> None:
    """Stops in the order of the plan, and the changes made to it on site."""
    seen: set[str] = set()
    changes = {change.id: builder.key(change.id) for change in builder.file.audit.plan.changes}
    for position, slot in enumerate(builder.file.audit.plan.slots):
        if slot.id in seen:
            builder.notes.refuse(
                (*slot.where, "id"), f"计划里有两个场次“{slot.id}”", f"the plan has two slots “{slot.id}”"
            )
        seen |= {slot.id} - {""}
        key = builder.stops[slot.id] if slot.id else f"slot-{position + 1}"
        stop = _stop(builder, slot, position, changes)
        builder.configure(f"stops/{key}", stop, slot.where)
    for index, change in enumerate(builder.file.audit.plan.changes):
        planned = setup.PlanChange(
            at=change.at,
            kind=change.kind,
            text=Text(zh=change.zh, en=change.en),
            reason=change.reason,
            stops=[builder.stops.get(slot, slot) for slot in change.slots],
            agreed_with=change.agreed_with,
            label=change.id,
        )
        key = changes[change.id] if change.id else f"change-{index + 1}"
        builder.configure(f"plan_changes/{key}", planned, change.where)


def _stop(builder: Builder, slot: model.Slot, position: int, changes: dict[str, str]) -> setup.Stop:
    before = slot.before_change
    return setup.Stop(
        label=slot.id,
        type=slot.kind,  # type: ignore[arg-type]  # the word table holds stop types only
        start=slot.start,
        end=slot.end,
        auditors=[
            builder.author(code, (*slot.where, "auditors", index)) for index, code in enumerate(slot.auditors)
        ],
        department=slot.department,
        process=Text(zh=slot.process_zh, en=slot.process_en),
        clauses=slot.clauses,
        status=slot.status,
        professional=slot.professional,
        position=position,
        accompanied_by=builder.people(slot.accompanied_by),
        before_change=Text(zh=before.process_zh, en=before.process_en) if before else Text(),
        changed_by=changes.get(slot.changed_by, slot.changed_by),
    )

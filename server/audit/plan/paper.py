"""The plan as a document: what, when, where, by whom, and which clauses. No observation stands in it."""

from __future__ import annotations

from msgspec import Struct

from server.audit.coverage import audited_schemes
from server.audit.entries import Clause, Text
from server.audit.names import name_of
from server.audit.report.context import Context, codes, has_words, joined, same, words
from server.audit.report.tree import Header, Table
from server.audit.setup import Member, Stop
from server.audit.setup.plan import GONE
from server.audit.state import State
from server.criteria.load import Criteria
from server.criteria.model import letter_of

TITLE = Text(zh="审核计划", en="Audit plan")
_TYPES: dict[str, Text] = {
    "opening": Text(zh="首次会议", en="Opening meeting"),
    "closing": Text(zh="末次会议", en="Closing meeting"),
    "team_meeting": Text(zh="审核组内部交流", en="Team meeting"),
    "client_talk": Text(zh="与受审核方沟通", en="Talk with the client"),
    "break": Text(zh="休息", en="Break"),
}
_ROLES: dict[str, Text] = {
    "leader": Text(zh="组长", en="leader"),
    "auditor": Text(zh="组员", en="auditor"),
    "trainee": Text(zh="实习审核员", en="trainee auditor"),
    "expert": Text(zh="技术专家", en="technical expert"),
    "interpreter": Text(zh="翻译", en="interpreter"),
    "observer": Text(zh="观察员", en="observer"),
    "witness": Text(zh="见证评审员", en="witness assessor"),
}
_ORDER = tuple(_ROLES)


class Day(Struct, frozen=True, kw_only=True):
    """The stops of one day (ISO; "" for those without a time) as a table."""

    day: str
    stops: Table


class PlanPaper(Struct, frozen=True, kw_only=True):
    """The printed plan: facts as label and words, the team, a table a day."""

    header: Header
    facts: list[tuple[Text, Text]]
    team: Table
    days: list[Day]
    notes: list[Text]


def compile_plan(state: State, criteria: Criteria, *, house: str = "") -> PlanPaper:
    """The plan of an audit at its head."""
    setup = state.setup
    context = Context.of(state, criteria, house=house)
    visit = setup.visit
    return PlanPaper(
        header=Header(
            audit=state.audit,
            seq=state.seq,
            head=state.hash,
            number=visit.number,
            title=TITLE,
            house=words(context.house.name),
            client=setup.client.name,
            date=visit.plan_issued or visit.start,
            released=state.released,
        ),
        facts=[fact for fact in _facts(context) if has_words(fact[1])],
        team=_team(context),
        days=_days(context),
        notes=_notes(context),
    )


def _facts(context: Context) -> list[tuple[Text, Text]]:
    setup = context.setup
    visit, client = setup.visit, setup.client
    dates = visit.start if visit.end in ("", visit.start) else f"{visit.start} — {visit.end}"
    address = next(
        (one for one in (client.operating_address, client.office_address) if has_words(one)), Text()
    )
    contact = joined([context.written(client.contact.name), same(client.contact.phone)], " ", " ")
    return [
        (Text(zh="受审核方", en="Client"), client.name),
        (Text(zh="项目编号", en="Number"), same(visit.number)),
        (Text(zh="审核类型", en="Type of audit"), _purposes(context)),
        (Text(zh="审核日期", en="Dates"), same(dates)),
        (Text(zh="审核地点", en="Place"), address),
        (Text(zh="联系人", en="Contact"), contact),
        (Text(zh="审核准则", en="Criteria"), _criteria(context)),
        (Text(zh="审核范围", en="Scope"), _scope(context)),
        (Text(zh="审核方式", en="Method"), visit.method),
    ]


def _purposes(context: Context) -> Text:
    visit = context.setup.visit
    return joined([one.text for one in visit.purposes]) if visit.purposes else visit.type_text


def _criteria(context: Context) -> Text:
    visit = context.setup.visit
    return joined([*(same(one.text or one.standard) for one in visit.criteria), *visit.other_criteria])


def _scope(context: Context) -> Text:
    """The scope of each scheme behind its letter; once where it is the same for all."""
    scopes: dict[tuple[str, str], list[str]] = {}
    known = context.setup.certificates
    for one in (known[scheme] for scheme in audited_schemes(context.setup) if scheme in known):
        if has_words(one.scope):
            scopes.setdefault((one.scope.zh, one.scope.en), []).append(_letter(one.scheme))
    return joined(
        [
            Text(zh=f"{'、'.join(letters)}：{zh or en}", en=f"{', '.join(letters)}: {en or zh}")
            for (zh, en), letters in scopes.items()
        ]
    )


def _team(context: Context) -> Table:
    members = sorted(
        context.setup.team.values(), key=lambda one: (_ORDER.index(one.role), one.label, one.name)
    )
    return Table(
        title=Text(zh="审核组", en="Audit team"),
        columns=[
            Text(zh="代号", en="Letter"),
            Text(zh="姓名", en="Name"),
            Text(zh="职责", en="Role"),
            Text(zh="注册资格", en="Registration"),
            Text(zh="专业代码", en="Professional codes"),
        ],
        rows=[
            [
                same(one.label),
                name_of(one),
                _ROLES[one.role],
                _registrations(context, one),
                _codes(one),
            ]
            for one in members
        ],
    )


def _registrations(context: Context, member: Member) -> Text:
    lines = [
        joined([same(_letter(one.scheme)), context.auditor_grade(one.grade), same(one.number)], " ", " ")
        for one in member.registrations
    ]
    return joined(lines) if lines else member.field


def _codes(member: Member) -> Text:
    lines = [
        f"{_letter(one.scheme)} {', '.join(one.professional_codes)}"
        for one in member.registrations
        if one.professional_codes
    ]
    return joined([same(line) for line in lines])


def _days(context: Context) -> list[Day]:
    """A table for each day, in the order of time."""
    by_day: dict[str, list[Stop]] = {}
    for _, stop in context.stops:
        if stop.status not in GONE:
            day = stop.start.astimezone(context.zone).date().isoformat() if stop.start else ""
            by_day.setdefault(day, []).append(stop)
    ordered = sorted(by_day, key=lambda day: (not day, day))
    return [Day(day=day, stops=_table(context, by_day[day])) for day in ordered]


def _table(context: Context, stops: list[Stop]) -> Table:
    ordered = sorted(stops, key=lambda one: one.start.timestamp() if one.start else 0.0)
    return Table(
        columns=[
            Text(zh="时间", en="Time"),
            Text(zh="部门/过程", en="Department / process"),
            Text(zh="条款", en="Clauses"),
            Text(zh="审核员", en="Auditors"),
        ],
        rows=[
            [same(_time(context, one)), _place(context, one), _clauses(one.clauses), _people(context, one)]
            for one in ordered
        ],
    )


def _time(context: Context, stop: Stop) -> str:
    return "–".join(f"{one.astimezone(context.zone):%H:%M}" for one in (stop.start, stop.end) if one)


def _place(context: Context, stop: Stop) -> Text:
    department = context.department(stop.department) if stop.department else Text()
    name = joined([department, stop.process], " · ", " · ")
    if not has_words(name):
        name = _TYPES.get(stop.type, Text())
    return (
        joined([name, Text(zh="（专业过程）", en=" (professional process)")], "", "")
        if stop.professional
        else name
    )


def _clauses(clauses: list[Clause]) -> Text:
    """Codes with blanks between, where lines break; nowhere else."""
    return same(" ".join(codes(clauses)))


def _people(context: Context, stop: Stop) -> Text:
    """Auditors, then who comes along; at a meeting without names the whole team."""
    there = list(dict.fromkeys([*stop.auditors, *stop.accompanied_by]))
    if not there:
        return Text(zh="审核组全体", en="the whole team") if stop.type in _TYPES else Text()
    members = [(one, context.setup.team.get(one)) for one in there]
    return joined([name_of(m) if m else same(one) for one, m in members], "、", ", ")


def _notes(context: Context) -> list[Text]:
    """What the client is told below the plan."""
    return [
        Text(
            zh="审核组在审核中可根据情况与受审核方商定调整本计划。",
            en="The team may change this plan during the audit in agreement with the client.",
        ),
        Text(
            zh="对计划或审核组成员有异议的，请在审核开始前提出。",
            en="Objections to the plan or to members of the team are raised before the audit begins.",
        ),
        Text(
            zh="审核员对在审核中得知的信息保密。",
            en="The auditors keep confidential what they learn during the audit.",
        ),
    ]


def _letter(scheme: str) -> str:
    return letter_of(scheme)

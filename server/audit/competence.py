"""Who may audit what: what follows from the registrations of the team, stop by stop.

A shortfall never blocks anything: pages warn, and the office or the leader decides. Members without any
registration on record are named once and not judged stop by stop: nothing is known of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from server.audit.calendar import iso_day
from server.audit.competence_words import INTEREST_KINDS, REASONS, ROLE_NAMES, Code
from server.audit.entries import Text
from server.audit.names import name_of
from server.audit.setup import Interest, Member, Registration, Setup, Stop
from server.criteria.model import letter_of

FREE_YEARS = 2
"""Years without consultancy or another tie before somebody audits a client (ISO/IEC 17021-1:2015, 5.2)."""


_AUDITING = ("leader", "auditor")
_PROVISIONAL = frozenset(
    {"trainee", "provisional", "provisional auditor", "实习", "实习审核员", "见习审核员"}
)
_NO_AUDITOR = frozenset({"expert", "technical expert", "技术专家"})
_OPEN_END = "9999-12-31"


class Shortfall(Struct, frozen=True, kw_only=True):
    """One thing that speaks against who audits what.

    `stop` is a key of the plan ("" for the team as a whole), `principal` whom it is about ("" for nobody in
    particular), `scheme` the scheme that is not covered.
    """

    code: Code
    stop: str = ""
    principal: str = ""
    scheme: str = ""
    values: dict[str, Text] = {}

    @property
    def key(self) -> str:
        """The key of its sentence."""
        return f"shortfall.{self.code}"

    @property
    def message(self) -> Text:
        """The sentence in both languages."""
        sentence = REASONS[self.code]
        return Text(
            zh=sentence.zh.format(**{name: value.get("zh") for name, value in self.values.items()}),
            en=sentence.en.format(**{name: value.get("en") for name, value in self.values.items()}),
        )


def shortfalls(setup: Setup, *, free_years: int = FREE_YEARS) -> list[Shortfall]:
    """Everything that speaks against the team and the plan as set up: the team first, then stops in order.

    `free_years`: how long a declared interest counts after it ended (the house's rule).
    """
    found = list(_of_team(setup, free_years))
    for key, stop in sorted(setup.stops.items(), key=lambda pair: (pair[1].position, pair[0])):
        if stop.type == "audit":
            found += _of_stop(setup, key, stop)
    return found


def outside_registration(setup: Setup, principal: str, stop: str) -> list[Shortfall]:
    """What one person lacks for the schemes of a stop, whoever is beside; capture warns, never blocks.

    Empty for those who are not auditors, and for members of whom no registration is on record.
    """
    member, planned = setup.team.get(principal), setup.stops.get(stop)
    if member is None or planned is None or member.role not in (*_AUDITING, "trainee"):
        return []
    if not member.registrations:
        return []
    day = day_of(setup, planned)
    # A trainee is expected to be one: an auditor is beside and countersigns.
    enough = ("valid", "provisional") if member.role == "trainee" else ("valid",)
    return [
        _lacking(setup, stop, planned, principal, member, scheme, day)
        for scheme in schemes_of(planned)
        if standing(member, scheme, day) not in enough
    ]


def schemes_of(stop: Stop) -> list[str]:
    """The schemes whose clauses are planned at a stop, in the order of the plan."""
    return list(dict.fromkeys(clause.scheme for clause in stop.clauses))


def day_of(setup: Setup, stop: Stop) -> str:
    """The ISO day of a stop in the audit's zone, else the first day of the visit; "" where neither is set."""
    if stop.start is None:
        return setup.visit.start
    return stop.start.astimezone(ZoneInfo(setup.time_zone)).date().isoformat()


def standing(member: Member, scheme: str, day: str) -> Literal["valid", "provisional", "expired", "none"]:
    """The best registration of somebody for a scheme on an ISO day ("" asks no date).

    The role of a trainee is provisional whatever the registration says.
    """
    own = [one for one in member.registrations if one.scheme == scheme and not _is(one, _NO_AUDITOR)]
    if not own:
        return "none"
    current = [one for one in own if not _ended(one, day)]
    if not current:
        return "expired"
    full = member.role != "trainee" and any(not _is(one, _PROVISIONAL) for one in current)
    return "valid" if full else "provisional"


def interests_now(setup: Setup, member: Member, *, free_years: int = FREE_YEARS) -> list[Interest]:
    """Declared interests with this audit's client that last, or ended less than `free_years` before it."""
    since = years_before(setup.visit.start, free_years)
    return [
        one
        for one in member.interests
        if is_client(one.client, setup) and (not one.until or not since or one.until > since)
    ]


def is_client(name: str, setup: Setup) -> bool:
    """Whether a name someone wrote down means this audit's client: its name, a part of it, or its code."""
    wanted = _core(name)
    client = setup.client
    known = [_core(one) for one in (client.name.zh, client.name.en, client.credit_code) if one]
    long_enough = len(wanted) >= (4 if not wanted.isascii() else 6)
    return any(wanted == one or (long_enough and (wanted in one or one in wanted)) for one in known if wanted)


def years_before(of: str, years: int) -> str:
    """The ISO day so many years earlier (28 February for the 29th); "" for a day that is none."""
    day = iso_day(of)
    if day is None or day.year <= years:
        return ""
    clamped = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    return clamped.replace(year=day.year - years).isoformat()


def beside(setup: Setup, key: str, stop: Stop) -> list[str]:
    """Principals of the team at a stop: its auditors, and who is said to come along, each once."""
    coming = [
        principal
        for principal, member in setup.team.items()
        if key in member.stops or (stop.label and stop.label in member.stops)
    ]
    listed = (*stop.auditors, *stop.accompanied_by, *coming)
    return [one for one in dict.fromkeys(listed) if one in setup.team]


def covers(held: Iterable[str], needed: Iterable[str]) -> bool:
    """Whether one of the held professional codes is, or encloses, a needed one: `17.12` covers `17.12.05`."""
    return any((code + ".").startswith(own + ".") for own in held if own for code in needed)


def _of_team(setup: Setup, free_years: int) -> Iterator[Shortfall]:
    team, schemes = setup.team, setup.visit.schemes
    if "EC" in schemes and "QMS" not in schemes:
        yield Shortfall(code="ec_without_q", scheme="EC")
    leaders = {principal: member for principal, member in team.items() if member.role == "leader"}
    if not leaders:
        yield Shortfall(code="no_leader")
    for principal, member in leaders.items():
        held = {standing(member, scheme, setup.visit.start) for scheme in schemes}
        if member.registrations and schemes and "valid" not in held:
            yield _about(setup, "leader_not_registered", principal)
    for principal, member in team.items():
        if member.role in (*_AUDITING, "trainee") and not member.registrations:
            yield _about(setup, "no_registration", principal)
        yield from _interests(setup, principal, member, free_years)
    yield from _uncovered_codes(setup)


def _interests(setup: Setup, principal: str, member: Member, free_years: int) -> Iterator[Shortfall]:
    found = interests_now(setup, member, free_years=free_years)
    if not found and member.consulted:
        found = [Interest(client=setup.client.name.zh, kind="consulting")]
    for one in found:
        values = {
            "kind": INTEREST_KINDS.get(one.kind, _same(one.kind)),
            "period": _same(f"{one.since or '…'}–{one.until or '…'}"),
            "years": _same(str(free_years)),
        }
        yield _about(setup, "interest", principal, values=values)


def _uncovered_codes(setup: Setup) -> Iterator[Shortfall]:
    """Codes of the certificates that nobody of the team holds, where there is no expert either."""
    members = list(setup.team.values())
    if any(member.role == "expert" for member in members) or not any(one.registrations for one in members):
        return
    for scheme, certificate in setup.certificates.items():
        held = [
            code
            for member in members
            if standing(member, scheme, setup.visit.start) == "valid"
            for code in _codes(member, scheme)
        ]
        missing = [code for code in certificate.professional_codes if not covers(held, [code])]
        if missing and (not setup.visit.schemes or scheme in setup.visit.schemes):
            values = {"letter": _letter(scheme), "codes": _same("、".join(missing))}
            yield Shortfall(code="code_uncovered", scheme=scheme, values=values)


def _of_stop(setup: Setup, key: str, stop: Stop) -> Iterator[Shortfall]:
    there = [(one, setup.team[one]) for one in beside(setup, key, stop)]
    for stranger in dict.fromkeys(one for one in stop.auditors if one not in setup.team):
        yield _at(setup, key, stop, "not_in_team", stranger)
    auditing = [(principal, member) for principal, member in there if member.role in _AUDITING]
    if not auditing:
        for principal, member in there:
            if member.role == "trainee":
                yield _at(setup, key, stop, "trainee_alone", principal)
            else:
                role = ROLE_NAMES.get(member.role, _same(member.role))
                yield _at(setup, key, stop, "alone", principal, values={"role": role})
        return
    if any(not member.registrations for _, member in auditing):
        return  # somebody of whom nothing is known may well cover it; named once for the team
    day = day_of(setup, stop)
    for scheme in schemes_of(stop):
        yield from _of_scheme(setup, key, stop, scheme, day, auditing, [member for _, member in there])


def _of_scheme(
    setup: Setup,
    key: str,
    stop: Stop,
    scheme: str,
    day: str,
    auditing: list[tuple[str, Member]],
    there: list[Member],
) -> Iterator[Shortfall]:
    able = [(one, member) for one, member in auditing if standing(member, scheme, day) == "valid"]
    if not able:
        order = ("provisional", "expired", "none")
        closest = min(auditing, key=lambda pair: order.index(standing(pair[1], scheme, day)))
        yield _lacking(setup, key, stop, *closest, scheme, day)
        return
    if scheme == "EC" and not any(standing(member, "QMS", day) == "valid" for _, member in able):
        yield _at(setup, key, stop, "joint_needs_q", able[0][0], scheme)
    if stop.professional and not _is_professional(setup, scheme, [member for _, member in able], there):
        certificate = setup.certificates.get(scheme)
        codes = certificate.professional_codes if certificate else []
        values = {"codes": _same("、".join(codes) or "—")}
        yield _at(setup, key, stop, "professional", able[0][0], scheme, values)


def _is_professional(setup: Setup, scheme: str, able: list[Member], there: list[Member]) -> bool:
    """Whether somebody at a stop knows the trade: an auditor by code, or an expert.

    Where the certificate names no code, any code of that scheme will do; so will an expert without codes.
    """
    certificate = setup.certificates.get(scheme)
    needed = certificate.professional_codes if certificate else []
    for member in able:
        held = _codes(member, scheme)
        if covers(held, needed) or (held and not needed):
            return True
    experts = [member for member in there if member.role == "expert"]
    return any(
        not needed or not (held := _codes(expert, scheme)) or covers(held, needed) for expert in experts
    )


def _lacking(
    setup: Setup, key: str, stop: Stop, principal: str, member: Member, scheme: str, day: str
) -> Shortfall:
    """Why somebody does not cover a scheme."""
    why = standing(member, scheme, day)
    if why == "expired":
        ends = [one.valid_until for one in member.registrations if one.scheme == scheme]
        return _at(setup, key, stop, "expired", principal, scheme, {"until": _same(max(ends))})
    return _at(
        setup, key, stop, "provisional" if why == "provisional" else "not_registered", principal, scheme
    )


def _at(
    setup: Setup,
    key: str,
    stop: Stop,
    code: Code,
    principal: str,
    scheme: str = "",
    values: Mapping[str, Text] | None = None,
) -> Shortfall:
    process = stop.process.zh or stop.process.en
    zh = " ".join(filter(None, (stop.label, stop.department or process))) or key
    en = " ".join(filter(None, (stop.label, stop.process.en or stop.department or process))) or key
    return _about(setup, code, principal, key, scheme, {"stop": Text(zh=zh, en=en), **(values or {})})


def _about(
    setup: Setup,
    code: Code,
    principal: str,
    stop: str = "",
    scheme: str = "",
    values: Mapping[str, Text] | None = None,
) -> Shortfall:
    member = setup.team.get(principal)
    name = name_of(member) if member else _same(principal)
    filled = {"name": name, **({"letter": _letter(scheme)} if scheme else {}), **(values or {})}
    return Shortfall(code=code, stop=stop, principal=principal, scheme=scheme, values=filled)


def _codes(member: Member, scheme: str) -> list[str]:
    return [code for one in member.registrations if one.scheme == scheme for code in one.professional_codes]


def _is(registration: Registration, grades: Collection[str]) -> bool:
    return unicodedata.normalize("NFKC", registration.grade).strip().casefold() in grades


def _ended(registration: Registration, day: str) -> bool:
    return bool(day) and (registration.valid_until or _OPEN_END) < day


def _core(name: str) -> str:
    """A company's name as compared: without blanks, punctuation and legal form."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(有限责任公司|股份有限公司|有限公司|coltd|ltd|inc|llc)$", "", plain)


def _letter(scheme: str) -> Text:
    return _same(letter_of(scheme))


def _same(text: str) -> Text:
    return Text(zh=text, en=text)

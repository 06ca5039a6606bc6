"""The sections of the set-up, as data: which fields stand where, in which groups they are saved."""

from __future__ import annotations

from collections.abc import Callable

from server.audit.setup import Setup
from server.criteria.load import Criteria
from server.criteria.model import Text
from server.web.setup.earlier import focus_groups, previous_groups
from server.web.setup.fields import LONG_PAIR, PAIR, Cell, Field, Group, Section, Value, choice
from server.web.setup.purposes import PURPOSES, pack_purposes, types_of, unpack_purposes
from server.web.setup.scope import scope_groups

SECTIONS = ("client", "organization", "visit", "scope", "sites", "criteria", "previous", "focus", "documents")
"""In the order of the overview; plan and team have pages of their own."""

_LAW_GROUPS = ("law", "product", "environment_safety")
_SITE_KINDS = ("permanent", "branch", "additional")


def section_of(key: str, setup: Setup, criteria: Criteria) -> Section:
    """The section with its groups, as far as they follow from the set-up. Raises KeyError for no section."""
    made: dict[str, Callable[[], tuple[Group, ...]]] = {
        "client": _client,
        "organization": _organization,
        "visit": lambda: _visit(setup, criteria),
        "scope": lambda: scope_groups(setup, criteria),
        "sites": _sites,
        "criteria": _criteria,
        "previous": lambda: previous_groups(setup),
        "focus": lambda: focus_groups(setup),
        "documents": lambda: (),
    }
    return Section(key, made[key]())


def _client() -> tuple[Group, ...]:
    return (
        Group(
            "identity",
            (
                Field("client/name", PAIR),
                Field("client/credit_code"),
                Field("client/legal_representative"),
                Field("client/management_representative"),
                Field("client/industry", PAIR),
            ),
        ),
        Group("contact", (Field("client/contact", (Cell("name"), Cell("phone"), Cell("email"))),)),
        Group(
            "addresses",
            (
                Field("client/registered_address", PAIR),
                Field("client/office_address", PAIR),
                Field("client/operating_address", PAIR),
                Field("client/correspondence_address", PAIR),
                Field("client/coordinates"),
            ),
        ),
        Group("licence", (Field("client/licence_scope", LONG_PAIR),)),
        Group(
            "permits",
            (
                Field(
                    "client/permits",
                    (
                        Cell("kind.zh"),
                        Cell("kind.en"),
                        Cell("number"),
                        Cell("issuer"),
                        Cell("valid_until", "day"),
                    ),
                    rows=True,
                ),
            ),
        ),
    )


def _organization() -> tuple[Group, ...]:
    name = (Cell("name.zh"), Cell("name.en"))
    return (
        Group(
            "people",
            (
                Field("client/headcount", (Cell(kind="whole"),)),
                Field("client/effective_headcount", (Cell(kind="whole"),)),
                Field("client/working_days_per_week", (Cell(kind="decimal"),)),
            ),
        ),
        Group(
            "shifts",
            (
                Field(
                    "client/shifts",
                    (
                        *name,
                        *(Cell("start", "time"), Cell("end", "time"), Cell("people", "whole")),
                        *(Cell("processes.zh"), Cell("processes.en")),
                    ),
                    rows=True,
                ),
            ),
        ),
        Group("departments", (Field("client/departments", PAIR, rows=True),)),
        Group(
            "processes",
            (
                Field(
                    "client/processes",
                    (
                        *name,
                        Cell("place"),
                        Cell("special", "tick"),
                        Cell("confirmation"),
                        Cell("confirmed", "day"),
                    ),
                    rows=True,
                ),
            ),
        ),
        Group("outsourced", (Field("client/outsourced_processes", name, rows=True),)),
        Group("equipment", (Field("client/equipment", (Cell("id"), *name, Cell("place")), rows=True),)),
        Group("products", (Field("client/products", PAIR, rows=True),)),
        Group(
            "client_people",
            (
                Field(
                    "client/people",
                    (
                        *(Cell("name"), Cell("name_en"), Cell("department")),
                        *(Cell("position.zh"), Cell("position.en")),
                    ),
                    rows=True,
                ),
            ),
        ),
    )


def _visit(setup: Setup, criteria: Criteria) -> tuple[Group, ...]:
    day = (Cell(kind="day"),)
    return (
        Group("numbers", (Field("visit/number"), Field("visit/contract_number"))),
        Group(
            "types",
            (
                Field(
                    "visit/purposes",
                    (
                        *(Cell("surveillance", "tick"), Cell("no", "whole")),
                        *(Cell(code, "tick") for code in PURPOSES),
                        *(Cell("other.zh"), Cell("other.en")),
                    ),
                    unpack=unpack_purposes,
                    pack=pack_purposes,
                    also=types_of,
                ),
            ),
        ),
        Group("days", (Field("visit/start", day), Field("visit/end", day))),
        Group("covered", (Field("visit/covered_from", day), Field("visit/covered_to", day))),
        Group(
            "method",
            (
                _option("visit/method", setup, criteria, "1.5.1.method"),
                _option("visit/combination", setup, criteria, "1.4.combination"),
                Field("visit/classified", (Cell(kind="tick"),)),
                Field("visit/positions", (Cell(kind="tick"),)),
            ),
        ),
        Group(
            "before",
            (
                Field("visit/previous_number"),
                Field("visit/previous_start", day),
                Field("visit/previous_end", day),
            ),
        ),
        Group(
            "after",
            (
                Field("visit/report_date", day),
                Field("visit/next_audit_by", day),
                Field("visit/next_audit_type", PAIR),
            ),
        ),
    )


def _option(path: str, setup: Setup, criteria: Criteria, element: str) -> Field:
    """A place that takes one of the options of a form element, kept as its words."""
    form = criteria.forms.get(setup.form)
    found = [one.options for one in form.elements if one.key == element] if form else []
    words = {option.zh: Text(zh=option.zh, en=option.en) for options in found for option in options}
    stands = getattr(setup.visit, path.partition("/")[2])
    if stands.get("zh"):
        words.setdefault(stands.get("zh"), Text(zh=stands.zh, en=stands.en))

    def unpack(value: Value) -> Value:
        pair = value or {}
        return {"option": pair.get("zh") or pair.get("en") or ""}

    def pack(made: Value, value: Value) -> Value:
        chosen = words.get(made.get("option", ""))
        return {"zh": chosen.zh, "en": chosen.en} if chosen else {"zh": "", "en": ""}

    cell = Cell("option", "choice", tuple((key, word) for key, word in words.items()))
    return Field(path, (cell,), unpack=unpack, pack=pack)


def _sites() -> tuple[Group, ...]:
    both = ("address.zh", "address.en", "activities.zh", "activities.en")
    return (
        Group(
            "sites",
            (
                Field(
                    "client/sites",
                    (Cell("id"), choice("kind", "site", _SITE_KINDS), *(Cell(key) for key in both)),
                    rows=True,
                ),
            ),
        ),
        Group(
            "temporary",
            (
                Field("client/temporary_sites_none", (Cell(kind="tick"),)),
                Field(
                    "client/temporary_sites",
                    (
                        *(Cell("project"), Cell("nature"), Cell("address")),
                        *(Cell("start", "day"), Cell("completion", "day")),
                    ),
                    rows=True,
                ),
            ),
        ),
    )


def _criteria() -> tuple[Group, ...]:
    return (
        Group("documents_of_client", (Field("visit/other_criteria", PAIR, rows=True),)),
        Group(
            "laws",
            (
                Field(
                    "visit/laws",
                    (
                        *(choice("group", "law", _LAW_GROUPS), Cell("number")),
                        *(Cell("title.zh"), Cell("title.en"), Cell("edition")),
                    ),
                    rows=True,
                ),
            ),
        ),
    )

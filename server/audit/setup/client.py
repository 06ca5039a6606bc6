"""The audited company as the office knows it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from server.audit.entries import Text


class Named(Struct, frozen=True, kw_only=True):
    """Something with a name in both languages and, perhaps, a number of its own."""

    id: str = ""
    name: Text = Text()
    special: bool = False
    place: str = ""
    confirmation: str = ""
    """Number and day of the record that confirmed a special process."""
    confirmed: str = ""


class Contact(Struct, frozen=True, kw_only=True):
    name: str = ""
    phone: str = ""
    email: str = ""


class ClientPerson(Struct, frozen=True, kw_only=True):
    id: str = ""
    name: str
    name_en: str = ""
    department: str = ""
    position: Text = Text()


class Site(Struct, frozen=True, kw_only=True):
    id: str = ""
    kind: str = "permanent"
    address: Text = Text()
    activities: Text = Text()


class Shift(Struct, frozen=True, kw_only=True):
    """A shift: its hours (`08:00`), how many people work in it, and at which processes."""

    name: Text = Text()
    start: str = ""
    end: str = ""
    people: int | None = None
    processes: Text = Text()


class Permit(Struct, frozen=True, kw_only=True):
    """A licence or permit that the client needs for its business."""

    kind: Text = Text()
    number: str = ""
    issuer: str = ""
    valid_until: str = ""


class Client(Struct, frozen=True, kw_only=True):
    """The audited company as the office knows it.

    `headcount` are all who work under the client's control, `effective_headcount` is what auditor-days
    are reckoned from (part-time, shifts alike and unskilled work counted down, IAF MD 5:2019, 2.3).
    """

    name: Text = Text()
    credit_code: str = ""
    legal_representative: str = ""
    management_representative: str = ""
    contact: Contact = Contact()
    registered_address: Text = Text()
    office_address: Text = Text()
    operating_address: Text = Text()
    correspondence_address: Text = Text()
    coordinates: str = ""
    """Of the address that was filed with the authority: latitude and longitude, `31.2304, 121.4737`."""
    licence_scope: Text = Text()
    """The business that the licence 营业执照 allows."""
    industry: Text = Text()
    headcount: int | None = None
    headcount_by_department: dict[str, int] = {}
    effective_headcount: int | None = None
    working_days_per_week: float | None = None
    shifts: list[Shift] = []
    permits: list[Permit] = []
    products: list[Text] = []
    departments: list[Text] = []
    processes: list[Named] = []
    outsourced_processes: list[Named] = []
    equipment: list[Named] = []
    sites: list[Site] = []
    temporary_sites: list[dict[str, Any]] = []
    temporary_sites_none: bool = False
    people: list[ClientPerson] = []
    more: dict[str, Any] = {}
    """What the interchange file said beyond this, kept word for word."""

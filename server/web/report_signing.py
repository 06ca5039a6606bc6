"""The box on the report's page in which the team signs: who has, who has not, and one's own line to sign."""

from __future__ import annotations

from dataclasses import dataclass

from server.audit.names import name_of
from server.audit.report.overview import role
from server.audit.report_signatures import Standing, signers, text_of
from server.criteria.model import Language
from server.web.guards import Case
from server.web.overview import Overview


@dataclass(frozen=True, slots=True)
class Line:
    """One who signs. `text`: the words they signed; "" where an import says that they signed."""

    name: str
    role: str
    standing: Standing
    day: str = ""
    picture: str | None = None
    imported: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """What the person at the page is asked to sign, under the name that stands in the team.

    `called`: that name as the page's language writes it.
    """

    name: str
    called: str
    text: str
    content: str
    again: bool


@dataclass(frozen=True, slots=True)
class Signing:
    """Everybody who signs. `own` is None for whoever doesn't, has signed it as it stands, or is too late."""

    signers: list[Line]
    own: Own | None

    @property
    def done(self) -> int:
        return sum(one.standing == "signed" for one in self.signers)


def signing(found: Overview, case: Case, language: Language) -> Signing:
    """The box as one person sees it. What was released is signed as it was: later changes are none of it."""
    state, header = found.state, found.report.header
    open_ = case.may("report.sign") and not state.released
    lines, own = [], None
    for one in signers(state, "" if state.released else found.content):
        body, name = one.signature, name_of(one.member)
        lines.append(
            Line(
                name=name.get(language),
                role=role(one.member.role).get(language),
                standing=one.standing,
                day=body.signed_at[:10] if body else "",
                picture=body.picture if body else None,
                imported=bool(body and body.imported),
                text=body.text if body else "",
            )
        )
        if open_ and one.principal == case.principal.id and one.standing != "signed":
            text = text_of(name, header.number, header.title, header.seq, found.content)
            own = Own(
                name=one.member.name,
                called=name.get(language),
                text=text.get(language),
                content=found.content,
                again=one.standing == "changed",
            )
    return Signing(lines, own)

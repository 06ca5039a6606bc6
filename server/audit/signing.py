"""Signatures: what somebody is shown and signs, as text, and the hash that binds the picture to it.

A signature drawn on a screen is a picture of a handwritten signature (手写签名图样), no reliable electronic
signature; three ways are equal: on one's own phone, on the phone passed round, on paper.
"""

from __future__ import annotations

import hashlib

from server.audit.entries import Meeting, SignedBody, Text
from server.audit.state import State
from server.criteria.model import LANGUAGES, Language, Speech

COMMITMENT, ACCOMPANIED = "commitment", "accompanied"
MEETINGS: tuple[Meeting, ...] = ("opening", "closing")
"""The meetings on the attendance sheet; a signature of `opening` or `closing` is one of attendance."""

MEETING_NAMES: dict[Meeting, Text] = {
    "opening": Text(zh="首次会议", en="opening meeting"),
    "closing": Text(zh="末次会议", en="closing meeting"),
}


def hash_of(text: str) -> str:
    """SHA-256 of a text that was signed, as `text_sha256` holds it."""
    return hashlib.sha256(text.encode()).hexdigest()


def attendance_text(state: State, meeting: Meeting, day: str) -> Text:
    """What somebody signs at a meeting; `{who}` stands for them: a phone passed round fills it in itself.

    `day` is the date of the meeting, ISO, or a place that the phone fills in.
    """
    setup = state.setup
    client, number, name = setup.client.name, setup.visit.number, MEETING_NAMES[meeting]
    zh, en = (_braceless(client.get(language)) for language in LANGUAGES)
    return Text(
        zh=f"{{who}}参加了{zh}（{_braceless(number)}）的{name.zh}，{day}。",
        en=f"{{who}} attended the {name.en} of the audit {_braceless(number)} at {en}, {day}.",
    )


def who(name: str, department: str, position: str, language: Language) -> str:
    """A person as the text names them: name, then department and position where they are known."""
    if language == "en":
        known = ", ".join(filter(None, (position, department)))
        return f"{name} ({known})" if known else name
    known = " ".join(filter(None, (department, position)))
    return f"{name}（{known}）" if known else name


def what_accompanied(stop: str) -> str:
    """What a guide's signature at the end of a stop says it signs."""
    return f"{ACCOMPANIED}/{stop}"


def accompanied_text(state: State, stop: str, day: str) -> Text:
    """What a guide signs at the end of a stop; `{who}` stands for them."""
    here = state.setup.stops[stop]
    place = Text(zh=here.process.zh or here.department or stop, en=here.process.en or here.department or stop)
    zh, en = _braceless(place.zh), _braceless(place.en)
    return Text(
        zh=f"{{who}}在{zh}陪同审核，{day}。",
        en=f"{{who}} accompanied the audit at {en}, {day}.",
    )


def commitment_text(speech: Speech) -> Text:
    """The commitment as it is read aloud and signed by the team."""

    def whole(language: str) -> str:
        lines = [speech.title, speech.intro, *speech.points, *filter(None, [speech.closing])]
        return "\n".join(line.get("en" if language == "en" else "zh") for line in lines)

    return Text(zh=whole("zh"), en=whole("en"))


def signatures_of(state: State, what: str) -> dict[str, tuple[str, SignedBody]]:
    """The last signature of each person for one thing, by name: entry and body."""
    return {one.name: (entry, one) for entry, one in state.signatures.items() if one.what == what}


def standing_signatures(state: State) -> list[tuple[str, SignedBody]]:
    """The last signature of each person for each thing: entry and body."""
    return list({(one.what, one.name): (entry, one) for entry, one in state.signatures.items()}.values())


def _braceless(text: str) -> str:
    """Names may hold anything; only `{who}` is a place to fill."""
    return text.replace("{", "(").replace("}", ")")

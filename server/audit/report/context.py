"""What the fill functions of the report share: names, order, words, and blocks made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from server.audit.entries import Clause, Finding, Observation, Text
from server.audit.names import latin_names
from server.audit.report.pictures import pictures
from server.audit.report.tree import Block, Option, Options, Paragraph, Picture, Place, Status, Table
from server.audit.setup import Member, Setup, Stop
from server.audit.state import State, Thing
from server.criteria.load import Criteria
from server.criteria.model import Element, Form, House
from server.criteria.model import Text as CriteriaText

NONE = Text(zh="无", en="None")


def words(text: CriteriaText) -> Text:
    """A text of the criteria as a text of the report."""
    return Text(zh=text.zh, en=text.en)


def same(text: str) -> Text:
    """Something written the same in both languages: a number, a date, a name."""
    return Text(zh=text, en=text)


def has_words(text: Text) -> bool:
    return bool(text.zh.strip() or text.en.strip())


def joined(texts: Iterable[Text], zh: str = "；", en: str = "; ") -> Text:
    """Texts strung together per language; a text without a translation stands as written in both."""
    listed = [text for text in texts if has_words(text)]
    return Text(zh=zh.join(text.get("zh") for text in listed), en=en.join(text.get("en") for text in listed))


@dataclass(frozen=True, slots=True)
class Filling:
    """What a fill function found for an element: blocks and where they come from, or 无, or nothing.

    `pending`: the blocks are lines still to be filled in by hand, so the element is empty.
    """

    blocks: list[Block] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    none: bool = False
    photos: list[int] = field(default_factory=list)
    pending: bool = False

    @property
    def status(self) -> Status:
        if self.none:
            return "none"
        return "filled" if self.blocks and not self.pending else "empty"


EMPTY = Filling()
ABSENT = Filling(none=True)


def paragraph(text: Text, sources: Iterable[str] = ()) -> Filling:
    """One paragraph, or nothing where the text is empty."""
    listed = list(sources)
    if not has_words(text):
        return EMPTY
    return Filling([Paragraph(text=text, sources=listed)], listed)


def paragraphs(texts: Iterable[Text]) -> Filling:
    """A paragraph per text."""
    return Filling([Paragraph(text=text) for text in texts if has_words(text)])


def choice(element: Element, chosen: Iterable[int], proposed: Iterable[int] = ()) -> Filling:
    """The element's options with a mark at the chosen ones; nothing chosen leaves it empty."""
    marked = set(chosen)
    if not marked:
        return EMPTY
    options = [Option(text=words(text), chosen=at in marked) for at, text in enumerate(element.options)]
    block = Options(options=options, proposed=sorted(proposed), multiple=element.kind == "multi-choice")
    return Filling([block])


def table(columns: Iterable[Text], rows: list[list[Text]], sources: Iterable[str] = ()) -> Filling:
    """A table, or nothing where there are no rows."""
    if not rows:
        return EMPTY
    return Filling([Table(columns=list(columns), rows=rows)], list(dict.fromkeys(sources)))


def form_table(element: Element, rows: Iterable[Mapping[str, Text]], sources: Iterable[str] = ()) -> Filling:
    """A table under the columns that the form gives the element."""
    keys = [column.key for column in element.columns]
    cells = [[row.get(key, Text()) for key in keys] for row in rows]
    return table([words(column.title) for column in element.columns], cells, sources)


@dataclass
class Context:
    """One audit seen through one form and one house. `dated`: the day of release, for want of another."""

    state: State
    form: Form
    house: House
    criteria: Criteria
    dated: str = ""

    @staticmethod
    def of(state: State, criteria: Criteria, *, house: str = "", dated: str = "") -> Context:
        """An audit seen through the form and the house of its set-up, or through another house."""
        seen_by = criteria.house_of(house or state.setup.house)
        return Context(state, criteria.form_of(state.setup.form, seen_by), seen_by, criteria, dated)

    @property
    def setup(self) -> Setup:
        return self.state.setup

    @cached_property
    def homes(self) -> dict[tuple[object, ...], list[str]]:
        """The elements that print an observation, by what decides it: asked once an element, found once."""
        return {}

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.setup.time_zone)

    @cached_property
    def stops(self) -> list[tuple[str, Stop]]:
        """Stops in plan order: by position, then start, then label."""
        return sorted(
            self.setup.stops.items(), key=lambda item: (item[1].position, _start(item[1]), item[1].label)
        )

    @cached_property
    def observations(self) -> list[tuple[Thing[Observation], Observation]]:
        """Standing observations in plan order, within a stop by the time seen."""
        place = {stop: at for at, (stop, _) in enumerate(self.stops)}
        return sorted(
            self.state.standing_observations(),
            key=lambda pair: (place.get(pair[1].stop, len(place)), self._seen(pair), pair[0].first.seq),
        )

    @staticmethod
    def _seen(pair: tuple[Thing[Observation], Observation]) -> float:
        return (pair[1].seen_at or pair[0].first.made_at).timestamp()

    @cached_property
    def pictures(self) -> list[Picture]:
        """The photos in the order of their observations, then the pages of documents, numbered."""
        return pictures(self)

    @cached_property
    def _photo_numbers(self) -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for picture in self.pictures:
            numbers.setdefault(picture.observation, []).append(picture.number)
        return numbers

    def photo_numbers(self, observation: str) -> list[int]:
        """Numbers in the appendix of the photos of an observation."""
        return self._photo_numbers.get(observation, [])

    @cached_property
    def nonconformities(self) -> list[tuple[Thing[Finding], Finding]]:
        return self.findings("nonconformity")

    def findings(self, kind: str) -> list[tuple[Thing[Finding], Finding]]:
        """Standing findings of a type in the order of their numbers."""
        listed = [pair for pair in self.state.standing_findings() if pair[1].type == kind]
        return sorted(listed, key=lambda pair: (not pair[1].number, pair[1].number, pair[0].first.seq))

    def name(self, principal: str) -> str:
        """The name of somebody of the team; an unknown principal stands as given."""
        member = self.setup.team.get(principal)
        return member.name if member else principal

    @cached_property
    def _latin(self) -> dict[str, str]:
        return latin_names(self.state)

    def latin(self, name: str) -> str:
        """How a name is written in English; "" where nobody registered that."""
        return self._latin.get(name, "")

    def written(self, name: str) -> Text:
        """A name in both languages; the same in both where nobody registered another for English."""
        return Text(zh=name, en=self.latin(name) or name)

    def members(self, *roles: str) -> list[Member]:
        """Members in these roles, in the order of the roles, then by letter."""
        listed = [member for member in self.setup.team.values() if member.role in roles]
        return sorted(listed, key=lambda member: (roles.index(member.role), member.label, member.name))

    @cached_property
    def _departments(self) -> dict[str, Text]:
        return {name.zh: name for name in self.setup.client.departments}

    def department(self, name: str) -> Text:
        """A department in both languages where the client's record has them."""
        known = self._departments.get(name)
        return known if known and known.en else same(name) if name.isascii() else Text(zh=name)

    def place(self, key: str) -> Place:
        """A stop as a heading; one that is no longer planned keeps its key."""
        stop = self.setup.stops.get(key)
        if stop is None:
            return Place(key=key, label=key, department=Text(), process=Text())
        department = self.department(stop.department) if stop.department else Text()
        return Place(key=key, label=stop.label, department=department, process=stop.process)

    def department_of(self, observation: Observation) -> Text:
        """The department an observation names, else that of its stop."""
        if observation.department:
            return self.department(observation.department)
        return self.place(observation.stop).department

    def grade(self, code: str) -> Text:
        """The house's word for a grade of nonconformity."""
        return next((words(word.title) for word in self.house.nc_grades if word.code == code), same(code))

    def auditor_grade(self, grade: str) -> Text:
        """The house's word for the grade of an auditor's registration."""
        names = ((word, (word.code, word.title.zh, word.title.en)) for word in self.house.auditor_grades)
        return next((words(word.title) for word, known in names if grade in known), same(grade))

    def outcome(self, code: str) -> Text:
        """The house's word for an outcome."""
        try:
            return words(self.house.outcome_word(code)) if code else Text()
        except KeyError:
            return same(code)

    def day(self, thing: Thing[Observation], observation: Observation) -> str:
        """When it was seen, as `YYYY-MM-DD HH:MM` in the audit's zone."""
        moment = observation.seen_at or thing.first.made_at
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")


def codes(clauses: Iterable[Clause]) -> list[str]:
    """Clauses as printed: Q8.5.1."""
    return [clause.code for clause in clauses]


def listed_codes(clauses: Iterable[Clause]) -> Text:
    """Clauses in one line."""
    listed = codes(clauses)
    return Text(zh="、".join(listed), en=", ".join(listed))


def _start(stop: Stop) -> float:
    return stop.start.timestamp() if stop.start else float("inf")

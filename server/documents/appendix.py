"""What follows the chapters of the form: findings, other records, photos, gaps and untranslated texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from server.audit.entries import Text
from server.audit.report import titles, tree
from server.criteria.model import Language
from server.documents.printed import Grid, Heading, Languages, Node, Para, Photo, Photos, Words
from server.documents.wording import clean, named, plain, term, words


def findings(report: tree.Report, lang: Languages) -> Iterator[Node]:
    """Every finding with its requirement, statement and evidence, one small table each."""
    if not report.findings:
        return
    yield Heading(level=1, words=term("findings", lang), anchor="findings", fresh=True)
    for found in report.findings:
        title = [*term(found.type, lang)[:1], *plain(found.number, lang)]
        yield Heading(level=2, words=_one_line(title), anchor=f"finding-{found.id}")
        yield Grid(columns=[], rows=list(_finding_rows(found, lang)), widths=[1, 5])
        if found.in_conflict:
            yield Para(words=term("conflict", lang), look="empty")


def _finding_rows(found: tree.Finding, lang: Languages) -> Iterator[list[Words]]:
    rows: list[tuple[str, Words]] = [
        ("grade", words(found.grade, lang)),
        ("department", words(found.department, lang)),
        ("clauses", words(Text(zh="、".join(found.clauses), en=", ".join(found.clauses)), lang)[:1]),
        ("requirement", words(found.requirement, lang)),
        ("statement", words(found.statement, lang)),
        ("objective_evidence", words(found.evidence, lang)),
        ("grading_reason", words(found.grading_reason, lang)),
        ("follow_up", words(found.follow_up, lang)),
        ("due", plain(found.due, lang)),
        ("verification", words(found.verification, lang)),
    ]
    for name, content in rows:
        if content:
            yield [term(name, lang), content]


def _one_line(listed: Words) -> Words:
    if not listed:
        return []
    text = " ".join(run.text for run in listed)
    return [type(listed[0])(text=text, lang=listed[0].lang)]


def others(report: tree.Report, lang: Languages) -> Iterator[Node]:
    """Observations that no element prints, by stop: clause · record · outcome."""
    if not report.others:
        return
    wanted = set(report.others)
    places = {place.key: place for place in report.places}
    yield Heading(level=1, words=term("others", lang), anchor="others", fresh=True)
    by_stop: dict[str, list[tree.Line]] = {}
    for line in report.observations:
        if line.id in wanted:
            by_stop.setdefault(line.stop, []).append(line)
    for stop, lines in by_stop.items():
        place = places[stop]
        yield Heading(level=2, words=place_words(place, lang), anchor=f"others-{stop or 'unsorted'}")
        yield from records(lines, lang)


def place_words(place: tree.Place, lang: Languages) -> Words:
    """A stop as a heading: S09 生产部 · 抛光."""
    return words(titles.stop_in_words(place), lang) or term("unsorted", lang)


def records(lines: Sequence[tree.Line], lang: Languages) -> Iterator[Node]:
    """Observations as a table clause · record · outcome."""
    columns = [term(name, lang) for name in ("clauses", "record", "outcome")]
    rows = [[_clauses(line), _record(line, lang), words(line.outcome, lang)] for line in lines]
    yield Grid(columns=columns, rows=rows, widths=[5, 26, 5])


def _clauses(line: tree.Line) -> Words:
    return plain("\n".join(line.clauses), "zh")


def _record(line: tree.Line, lang: Languages) -> Words:
    """The text of an observation, then in a line of their own: how, who, where, photos, author and time."""
    details = [
        "/".join(kind.get("en" if lang == "en" else "zh") for kind in line.evidence),
        named(line.people, line.people_en, lang),
        line.area,
        photo_reference(line.photos, lang),
        f"{named([line.by], [line.by_en], lang)} {line.seen_at}",
        line.label,
    ]
    conflict = term("conflict", lang)[0].text if line.in_conflict else ""
    told = " · ".join(part for part in (conflict, *details) if part)
    cards = [words(row, lang) for card in line.cards for row in _card_rows(card)]
    return [*words(line.text, lang), *(run for card in cards for run in card), *plain(f"〔{told}〕", lang)]


def _card_rows(card: tree.Table) -> Iterator[Text]:
    """The rows of a card, a line each: 抽样：生产任务单；总数 86；抽样数 12. The title names the first."""
    for row in card.rows:
        labels = [Text(), *card.columns[1:]]
        pairs = [(label, cell) for label, cell in zip(labels, row, strict=False) if cell.zh or cell.en]
        zh = (f"{label.zh} {cell.get('zh')}".strip() for label, cell in pairs)
        en = (f"{label.en} {cell.get('en')}".strip() for label, cell in pairs)
        yield Text(zh=f"{card.title.zh}：{'；'.join(zh)}", en=f"{card.title.en}: {'; '.join(en)}")


def photo_reference(numbers: Sequence[int], lang: Languages) -> str:
    """照片3、4."""
    if not numbers:
        return ""
    word = term("photo", "en" if lang == "en" else "zh")[0].text
    return (
        f"{word} {'、'.join(map(str, numbers))}" if lang != "en" else f"{word} {', '.join(map(str, numbers))}"
    )


def photos(pictures: Iterable[tree.Picture], lang: Languages) -> Iterator[Node]:
    """The photo appendix: every photo with caption, place, time and author; what has no file has its box.

    After it the pages of attached documents, one below the other.
    """
    every = list(pictures)
    if shown := _shown((picture for picture in every if not picture.page), lang):
        yield Heading(level=1, words=term("photos", lang), anchor="photos", fresh=True)
        yield Photos(items=shown)
    if pages := _shown((picture for picture in every if picture.page), lang):
        yield Heading(level=1, words=term("documents", lang), anchor="documents", fresh=True)
        yield Photos(items=pages, large=True)


def _shown(pictures: Iterable[tree.Picture], lang: Languages) -> list[Photo]:
    return [
        Photo(
            number=picture.number,
            sha256=picture.sha256 or "",
            caption=words(picture.caption, lang) or words(picture.note, lang),
            details=plain(_taken(picture, lang), lang),
            source=picture.observation,
        )
        for picture in pictures
    ]


def _taken(picture: tree.Picture, lang: Languages) -> str:
    """Where, of what, when and by whom, and of a page what else is known of its document."""
    written: Language = "en" if lang == "en" else "zh"
    told = (
        picture.document,
        picture.stop.get(written),
        picture.place,
        picture.subject.get(written),
        " ".join(picture.clauses),
        picture.taken_at,
        named([picture.by], [picture.by_en], lang),
        picture.label,
    )
    return " · ".join(filter(None, told))


def empties(report: tree.Report, lang: Languages) -> Iterator[Node]:
    """The elements that print 未填, with their place in the form."""
    listed = [element for element in report.elements if element.status == "empty"]
    if not listed:
        return
    yield Heading(level=1, words=term("empties", lang), anchor="empty", fresh=False)
    rows = [
        [
            plain(str(element.ref), lang),
            words(titles.where(element, report.chapters), lang),
            words(titles.printed(element.title), lang),
        ]
        for element in listed
    ]
    columns = [term("number", lang), term("where", lang), term("element", lang)]
    yield Grid(columns=columns, rows=rows, widths=[2, 3, 12])


def untranslated(listed: Iterable[tree.Untranslated], lang: Languages) -> Iterator[Node]:
    """Texts that have no words in the language printed; with both languages, those that lack either."""
    wanted = [one for one in listed if lang in ("both", one.missing)]
    if not wanted:
        return
    yield Heading(level=1, words=term("untranslated", lang), anchor="untranslated", fresh=False)
    yield Para(words=term("untranslated_note", lang), look="note")
    written: Language = "en" if lang == "en" else "zh"
    rows = [
        [plain(one.place.get(written) or one.where, lang), plain(clean(one.text), lang)] for one in wanted
    ]
    yield Grid(columns=[term("where", lang), term("text", lang)], rows=rows, widths=[6, 14])

"""The reference form is whole, and the shipped house can print it."""

from collections import Counter
from pathlib import Path

import pytest

from server.criteria.load import Criteria
from server.criteria.model import Form, House

ELEMENTS = Path(__file__).with_name("form_elements.txt")


@pytest.fixture
def form(criteria: Criteria) -> Form:
    return criteria.forms["reference"]


@pytest.fixture
def house(criteria: Criteria) -> House:
    return criteria.houses["qinghe"]


def test_every_element_is_there_under_its_lasting_key(form: Form) -> None:
    rows = [line for line in ELEMENTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = [f"{e.ref} {e.kind} {e.filled_by} {len(e.options)} {e.key}" for e in form.elements]
    assert found == rows
    assert len(rows) == 135


def test_elements_follow_their_chapters(form: Form) -> None:
    order = [chapter.key for chapter in form.chapters]
    places = [order.index(element.chapter) for element in form.elements]
    assert places == sorted(places)
    assert set(places) == set(range(len(order)))


def test_numbered_headings_have_a_title(form: Form) -> None:
    numbers = {section.number for section in form.sections}
    headed = {element.section.split()[0] for element in form.elements if "." in element.section}
    assert headed <= numbers


def test_an_english_report_numbers_its_chapters_in_digits(form: Form) -> None:
    element = form.element("3.structure")
    assert element.number("zh") == "三 2)"
    assert element.number("en") == "3 2)"


def test_every_element_says_where_its_content_comes_from(form: Form) -> None:
    silent = [e.key for e in form.elements if not e.source and not e.house_text]
    assert silent == []


def test_the_eight_surveillance_points_have_their_place(form: Form) -> None:
    points = Counter(point for element in form.elements for point in element.points)
    assert sorted(points) == list("abcdefgh")
    assert points["g"] == 9


def test_the_house_has_every_text_and_the_words_of_every_rating(form: Form, house: House) -> None:
    for element in form.elements:
        if element.house_text:
            text = house.text(element.house_text)
            assert text.zh, element.key
            assert text.en, element.key
        if element.rating:
            assert house.ratings_used[element.key] == element.rating
            assert house.rating_sets[element.rating] == element.options
    assert len(house.ratings_used) == 10


def test_texts_count_from_one(house: House) -> None:
    assert house.text("notes.1") == house.notes[0]
    assert house.text("commitment.points.6") == house.commitment.points[5]
    for wrong in ("notes.0", "notes.6", "notes.x", "phone", "phone.upper", "texts.none", "notes", ""):
        with pytest.raises(KeyError):
            house.text(wrong)


def test_the_contact_line_holds_every_way_to_reach_the_house(house: House) -> None:
    for lang in ("zh", "en"):
        line = house.contact.get(lang)
        assert all(part in line for part in (house.address.get(lang), house.phone, house.web, house.email))


def test_numbers_are_written_by_pattern(house: House) -> None:
    numbers = house.numbers
    assert numbers.audit.format(contract="90017-2024", letters="QEO", year=2026) == "90017-2024-QEO-2026"
    assert numbers.nonconformity.format(project="90017", year=2026, n=1) == "90017-2026-01"
    assert numbers.opportunity.format(project="90017", year=2026, n=3) == "90017-2026-OFI-3"


def test_outcomes_have_words(house: House) -> None:
    assert house.outcome_word("not_seen").zh == "未抽到"
    with pytest.raises(KeyError):
        house.outcome_word("perfect")


def test_the_meetings_hold_every_lettered_point(house: House) -> None:
    opening = [point.ref for point in house.meetings.opening if len(point.ref) == 1]
    closing = [point.ref for point in house.meetings.closing if len(point.ref) == 1]
    assert opening == list("abcdefghijklmnop")
    assert closing == list("abcdef")
    for points in (house.meetings.opening, house.meetings.closing):
        assert points[0].ref == "commitment"


def test_cards_have_the_columns_that_auditors_fill(criteria: Criteria) -> None:
    columns = {card.id: [column.key for column in card.columns] for card in criteria.cards.values()}
    assert columns == {
        "sampling": ["what", "population", "n", "ids"],
        "calibration": ["name", "number", "certificate", "valid_until"],
        "measurement": ["parameter", "value", "unit", "limit", "basis", "point"],
        "process_step": ["step", "equipment", "basis", "parameters", "operator", "control_points"],
        "objectives": ["scheme", "department", "name", "target", "actual", "unit", "period", "met"],
    }
    assert [column.key for column in criteria.cards["sampling"].records] == ["number", "date", "result"]

"""The plan's page: the matrix, stops made from it, forms that keep what was typed, undo, links."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import httpx
import pytest
from openpyxl import Workbook

from server.audit.setup import Stop
from server.criteria.model import Language
from server.criteria.workbook import MOST_BYTES
from tests.support.html import Html
from tests.support.sample import Sample
from tests.support.world import AUDIT, ID, World

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
PLAN = f"/audits/{AUDIT}/plan"
BOTH: tuple[Language, ...] = ("zh", "en")


def setup_of(world: World) -> Any:
    return world.run(world.services.journal.state, AUDIT).setup


def shown(world: World, login: str = "office", query: str = "") -> Html:
    answer = world.visitor(login).get(PLAN + query)
    assert answer.status_code == 200, answer.text[:300]
    return Html(answer.text)


def follow(world: World, answer: Any) -> Html:
    """The page that a form leads back to."""
    assert answer.status_code == 303, answer.text[:400]
    return Html(world.visitor("office").get(answer.headers["location"]).text)


def undo(world: World, page: Html, login: str = "office") -> Any:
    return world.visitor(login).fill(f"{PLAN}/undo", done=page.one("input", name="done").attributes["value"])


def form_of(page: Html, key: str) -> dict[str, str]:
    """What the form of a stop would send untouched."""
    source = page.source.split(f'data-stop="{key}"')[1].split("</form>")[0]
    html = Html(f"<form>{source}")
    fields = {
        one.attributes["name"]: one.attributes.get("value", "")
        for one in html.all("input")
        if one.attributes.get("type") != "checkbox" or "checked" in one.attributes
    }
    chosen = [one.attributes["value"] for one in html.all("option") if "selected" in one.attributes]
    return {**fields, "type": chosen[0]}


@pytest.mark.parametrize("language", BOTH)
def test_the_plan_of_the_sample(reading: Sample, language: Language) -> None:
    answer = reading.visitor("office", language).get(f"/audits/{reading.audit}/plan?open=S05")
    page = Html(answer.text)
    assert answer.status_code == 200
    assert len(page.all("details", class_="slot")) == 27
    assert ("审核人日" if language == "zh" else "Auditor-days") in page.words
    assert ("计划现场5.38人日" if language == "zh" else "5.38 of 6 auditor-days") in page.words
    reading.visitor("office", "zh")


def test_the_team_reads_and_changes_nothing(world: World) -> None:
    page = shown(world, "observer")
    assert not [one for one in page.all("form") if "/plan/" in one.attributes.get("action", "")]
    assert "真空钎焊" in page.words


def test_a_tap_on_a_cell_is_an_entry_of_its_own_and_undone(world: World) -> None:
    before = setup_of(world).matrix
    answer = world.visitor("office").fill(f"{PLAN}/matrix", department="生产部", cell="Q8.5.1=related")
    assert before == {}
    assert setup_of(world).matrix == {"生产部": {"Q8.5.1": "related"}}
    page = follow(world, answer)
    marked = [one for one in page.all("button", name="cell") if one.attributes["data-mark"] == "related"]
    assert {one.attributes["value"] for one in marked} == {"Q8.5.1="}
    assert undo(world, page).status_code == 303
    assert setup_of(world).matrix == {}


def test_a_script_gets_what_has_changed_alone(world: World) -> None:
    answer = world.visitor("office").ask(
        "POST",
        f"{PLAN}/matrix",
        data={"department": "生产部", "cell": "Q9.2.1=main"},
        headers={"Clausewalk": "1"},
    )
    part = Html(answer.text)
    assert answer.status_code == 200
    assert {one.attributes.get("id") for one in part.all("aside")} == {"plan-aside"}
    assert not part.all("html")
    assert "生产部主责的Q9.2.1没有安排到该部门" in answer.text


def test_unknown_cells_change_nothing(world: World) -> None:
    for cell in ("Q99.1=main", "Q8.5.1=much", "", "="):
        world.visitor("office").fill(f"{PLAN}/matrix", department="生产部", cell=cell)
    assert setup_of(world).matrix == {"生产部": {"Q8.5.1": "main"}}


def test_two_versions_of_a_row_are_laid_together(world: World) -> None:
    office = world.visitor("office")
    office.fill(f"{PLAN}/matrix", department="新部", add="yes")
    state = world.run(world.services.journal.state, AUDIT)
    (head,) = state.configured["matrix/新部"].heads
    for marks in ({"Q4.1": "main"}, {"Q4.1": "related", "Q4.2": "related"}):
        body = {"path": "matrix/新部", "value": marks, "bases": [head]}
        sent = {"kind": "configured", "audit": AUDIT, "by": ID["office"], "body": body}
        sent |= {"id": f"0190f111-0000-7000-8000-{len(marks):012d}", "made_at": "2026-11-18T08:00:00+08:00"}
        assert office.send(sent).json()["results"][0]["status"] == "stored"
    assert "两个版本" in shown(world).words
    office.fill(f"{PLAN}/matrix", department="新部", cell="Q4.3=main")
    assert setup_of(world).matrix["新部"] == {"Q4.1": "main", "Q4.2": "related", "Q4.3": "main"}
    assert "两个版本" not in shown(world).words


TABLES = [
    "部门\tQ7.2 能力\tQ8.5.1\tE8.1\n行政部\t●\t\t○\n生产部\t\t●\t●",
    "条款,行政部,生产部\nQ7.2,●,\nQ8.5.1,,●\nE8.1,○,主责",
    "\tQ7.2\tQ8.5.1\tE8.1\r\n行政部\tm\t\tr\r\n生产部\t\tX\t1\r\n",
]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_from_a_spreadsheet(world: World, table: str) -> None:
    answer = world.visitor("office").fill(f"{PLAN}/table", table=table)
    assert answer.status_code == 303
    matrix = setup_of(world).matrix
    assert matrix["行政部"] == {"Q7.2": "main", "E8.1": "related"}
    assert matrix["生产部"] == {"Q8.5.1": "main", "E8.1": "main"}


def test_a_csv_file_of_a_chinese_spreadsheet(world: World) -> None:
    origin = str(world.client.base_url).rstrip("/")
    answer = world.visitor("office").ask(
        "POST",
        f"{PLAN}/table",
        files={"file": ("矩阵.csv", TABLES[1].encode("gb18030"), "text/csv")},
        headers={"Origin": origin},
    )
    assert answer.status_code == 303
    assert setup_of(world).matrix["行政部"] == {"Q7.2": "main", "E8.1": "related"}


def workbook(table: str, title: str = "") -> bytes:
    """The table as an Excel workbook, under a title."""
    book, kept = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for line in ([title], [], *(line.split("\t") for line in table.splitlines())):
        sheet.append([cell or None for cell in line])
    book.save(kept)
    return kept.getvalue()


def choose(world: World, data: bytes) -> httpx.Response:
    """Send a file by the form for the matrix."""
    origin = str(world.client.base_url).rstrip("/")
    files = {"file": ("矩阵.xlsx", data, "application/octet-stream")}
    return world.visitor("office").ask("POST", f"{PLAN}/table", files=files, headers={"Origin": origin})


def test_an_excel_workbook_with_a_title_above_its_table(world: World) -> None:
    assert choose(world, workbook(TABLES[0], "部门职责分配表")).status_code == 303
    matrix = setup_of(world).matrix
    assert matrix["行政部"] == {"Q7.2": "main", "E8.1": "related"}
    assert matrix["生产部"] == {"Q8.5.1": "main", "E8.1": "main"}


def large() -> bytes:
    """A ZIP file that is small and unpacks to more than any matrix needs."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", bytes(MOST_BYTES + 1))
    return kept.getvalue()


def repeated() -> bytes:
    """A small workbook whose cells all name the same long text."""
    kept = io.BytesIO()
    text = f'<sst xmlns="{SPREADSHEET}"><si><t>{"长" * 30_000}</t></si></sst>'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 20 + "</row>"
    sheet = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{row * 20}</sheetData></worksheet>'
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'
    with (
        zipfile.ZipFile(io.BytesIO(workbook(TABLES[0]))) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        parts = {name: old.read(name).decode() for name in old.namelist()}
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", part)
        parts |= {"xl/sharedStrings.xml": text, "xl/worksheets/sheet1.xml": sheet}
        for name, content in parts.items():
            file.writestr(name, content)
    return kept.getvalue()


@pytest.mark.parametrize("broken", [workbook(TABLES[0])[:900], b"PK\x03\x04", large(), repeated()])
def test_a_workbook_that_cannot_be_read_says_so(world: World, broken: bytes) -> None:
    answer = choose(world, broken)
    assert answer.status_code == 400
    assert "请另存为 .xlsx" in Html(answer.text).one("div", role="alert").text
    assert setup_of(world).matrix == {}


@pytest.mark.parametrize("text", ["随便写的\n不是表", "随便写的\t列\n不是表\t●", ""])
def test_text_without_a_clause_makes_no_department(world: World, text: str) -> None:
    before = world.run(world.services.journal.head, AUDIT)
    answer = world.visitor("office").fill(f"{PLAN}/table", table=text)
    page = Html(answer.text)
    assert answer.status_code == 400
    assert "没有认出条款" in page.words
    assert page.one("textarea", name="table").text == text
    assert world.run(world.services.journal.head, AUDIT) == before


def test_a_table_that_is_not_understood_stays_in_the_form(world: World) -> None:
    table = "部门\tQ7.2\tQ99.9\n行政部\t很多\t●"
    answer = world.visitor("office").fill(f"{PLAN}/table", table=table)
    page = Html(answer.text)
    assert answer.status_code == 400
    assert page.one("textarea", name="table").text == table
    alert = page.one("div", role="alert").text
    assert "Q99.9" in alert
    assert "行政部：很多" in alert
    assert setup_of(world).matrix == {}


def test_stops_are_made_from_the_matrix_and_those_that_exist_stay(world: World) -> None:
    before = setup_of(world).stops
    world.visitor("office").fill(f"{PLAN}/table", table=TABLES[0])
    page = follow(world, world.visitor("office").fill(f"{PLAN}/stops", **{"from": "matrix"}))
    after = setup_of(world).stops
    assert {key: after[key] for key in before} == before
    made = {key: stop for key, stop in after.items() if key not in before}
    kinds = [one.type for one in made.values()]
    assert kinds == ["opening", "audit", "audit", "closing"]
    codes = {one.department: [clause.code for clause in one.clauses] for one in made.values()}
    assert codes == {"": [], "行政部": ["Q7.2"], "生产部": ["E8.1"]}
    again = follow(world, world.visitor("office").fill(f"{PLAN}/stops", **{"from": "matrix"}))
    assert "都已安排" in again.words
    undo(world, page)
    assert setup_of(world).stops == before


def test_a_stop_is_saved_as_typed_and_keeps_what_the_form_does_not_show(world: World) -> None:
    fields = form_of(shown(world), "s2") | {
        "start": "13:30",
        "end": "15:00",
        "clauses": "Q8.5.1、E/O8.2",
        "department": "仓储部",
        f"person.{ID['observer']}": "on",
    }
    follow(world, world.visitor("leader").fill(f"{PLAN}/stops/s2", **fields))
    stop: Stop = setup_of(world).stops["s2"]
    assert (f"{stop.start:%H:%M}", stop.department) == ("13:30", "仓储部")
    assert [one.code for one in stop.clauses] == ["Q8.5.1", "E8.2", "O8.2"]
    assert (stop.auditors, stop.accompanied_by) == ([ID["auditor"]], [ID["observer"]])
    assert stop.process.en == "Vacuum brazing"


def test_a_stop_outside_the_dates_is_saved_and_its_form_says_so_at_once(world: World) -> None:
    fields = form_of(shown(world), "s2") | {"day": "2026-12-18"}
    page = follow(world, world.visitor("office").fill(f"{PLAN}/stops/s2", **fields))
    told = [tag.text for tag in page.all("div", class_="told") if tag.text.strip()]
    assert len(told) == 1
    assert "2026-12-18" in told[0]
    assert "2026-12-18" in str(setup_of(world).stops["s2"].start)


WRONG = {
    "end": ("09:00", "结束时间要晚于开始时间"),
    "start": ("9 点半", "看不懂时间"),
    "clauses": ("Q8.5.1 车间", "看不懂条款「车间」"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_form_with_an_error_keeps_what_was_typed(world: World, name: str) -> None:
    before = setup_of(world).stops
    typed, sentence = WRONG[name]
    fields = form_of(shown(world), "s2") | {name: typed, "process": "刚打的字"}
    answer = world.visitor("office").fill(f"{PLAN}/stops/s2", **fields)
    assert answer.status_code == 400
    page = Html(answer.text)
    assert form_of(page, "s2") == fields
    assert sentence in page.one("div", role="alert").text
    assert setup_of(world).stops == before


def test_two_who_save_the_same_stop_leave_two_versions(world: World) -> None:
    page = shown(world)
    for login, department in (("office", "甲部"), ("leader", "乙部")):
        fields = form_of(page, "s2") | {"department": department}
        world.visitor(login).fill(f"{PLAN}/stops/s2", **fields)
    assert "两个版本" in shown(world).words
    fields = form_of(shown(world), "s2") | {"department": "丙部"}
    world.visitor("office").fill(f"{PLAN}/stops/s2", **fields)
    assert "两个版本" not in shown(world).words
    assert setup_of(world).stops["s2"].department == "丙部"


def test_an_overlap_is_said_beside_and_leads_to_the_stop(world: World) -> None:
    fields = form_of(shown(world), "s2") | {"start": "09:30", f"person.{ID['leader']}": "on"}
    page = follow(world, world.visitor("office").fill(f"{PLAN}/stops/s2", **fields))
    (issue,) = page.all("p", data_code="overlap")
    assert "leader 某 09:30–10:00同时安排在S01 管理层和S02 生产部" in issue.text
    assert "?open=s1#stop-s1" in page.links


def test_a_stop_with_records_is_not_deleted(world: World) -> None:
    answer = world.visitor("office").fill(f"{PLAN}/stops/s2", remove="yes")
    assert answer.status_code == 400
    assert "已有审核记录" in answer.text
    page = follow(world, world.visitor("office").fill(f"{PLAN}/stops/s1", remove="yes"))
    assert set(setup_of(world).stops) == {"s2"}
    undo(world, page)
    assert set(setup_of(world).stops) == {"s1", "s2"}


def test_a_stop_moves_among_the_others_by_its_time(world: World) -> None:
    fields = form_of(shown(world), "s1") | {"start": "14:00", "end": "15:00"}
    page = follow(world, world.visitor("office").fill(f"{PLAN}/stops/s1", **fields))
    order = [one.attributes["id"] for one in page.all("details", class_="slot")]
    assert order == ["stop-s2", "stop-s1"]


def test_undo_leaves_what_somebody_else_has_set_since(world: World) -> None:
    page = follow(world, world.visitor("office").fill(f"{PLAN}/matrix", department="甲部", cell="Q4.1=main"))
    world.visitor("leader").fill(f"{PLAN}/matrix", department="甲部", cell="Q4.2=main")
    undo(world, page)
    assert setup_of(world).matrix == {"甲部": {"Q4.1": "main", "Q4.2": "main"}}


def test_what_auditor_days_are_worked_out_from(world: World) -> None:
    fields = {
        "headcount": "168",
        "agreed": "6.5",
        "together": "20",
        "level.EMS": "high",
        "percent.0": "−10",
        "reason.0": "场地集中",
        "scheme.0": "QMS",
    }
    page = follow(world, world.visitor("office").fill(f"{PLAN}/days", **fields))
    setup = setup_of(world)
    assert (setup.client.effective_headcount, setup.visit.auditor_days.required) == (168, 6.5)
    assert (setup.days.together, setup.days.levels, setup.days.adjustments[0].percent) == (
        20,
        {"EMS": "high"},
        -10,
    )
    assert "场地集中" in page.words
    assert setup.visit.number == "QHHZ-2026-001"
    undo(world, page)
    assert setup_of(world).days == type(setup.days)()


@pytest.mark.parametrize(
    ("name", "typed"),
    [("headcount", "很多"), ("agreed", "六"), ("percent.0", "十"), ("together", "50"), ("percent.1", "-10")],
)
def test_days_that_are_no_numbers_stay_in_the_form(world: World, name: str, typed: str) -> None:
    answer = world.visitor("office").fill(f"{PLAN}/days", **{"headcount": "60", name: typed})
    page = Html(answer.text)
    assert answer.status_code == 400
    assert page.one("input", name=name).attributes["value"] == typed
    assert setup_of(world).client.effective_headcount is None


def new_token(world: World, **fields: str) -> str:
    page = world.visitor("leader").fill(f"{PLAN}/links", **fields)
    assert page.headers["cache-control"] == "no-store"
    found = re.search(r"/plan/([\w-]{43})", Html(page.text).one("textarea").text)
    assert found
    return found[1]


def test_a_link_shows_the_plan_and_nothing_else(world: World) -> None:
    token = new_token(world, days="7")
    nobody = world.visitor(None)
    for language, words in (("zh", "真空钎焊"), ("en", "Vacuum brazing")):
        answer = nobody.get(f"/plan/{token}?lang={language}")
        assert answer.status_code == 200
        assert words in answer.text
        assert "Q8.5.1" in answer.text
        assert "保温 25 min" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
    image = nobody.get(f"/plan/{token}/qr.svg")
    assert image.headers["content-type"].startswith("image/svg+xml")
    assert nobody.get(f"/plan/{token}/plan.pdf").content.startswith(b"%PDF-")
    assert nobody.get(f"/welcome/{token}").status_code == 404
    assert nobody.get(PLAN).status_code == 303
    assert "打开 3 次" in world.visitor("office").get(f"{PLAN}/links").text


def test_a_link_that_was_ended_opens_nothing(world: World) -> None:
    token = new_token(world)
    links = Html(world.visitor("office").get(f"{PLAN}/links").text)
    (end,) = [
        one.attributes["action"] for one in links.all("form") if one.attributes["action"].endswith("/end")
    ]
    assert world.visitor("office").fill(end).status_code == 303
    for path in ("", "/plan.pdf", "/qr.svg"):
        assert world.visitor(None).get(f"/plan/{token}{path}").status_code == 404
    assert "没有有效的链接" in world.visitor("office").get(f"{PLAN}/links").text


def test_guessing_links_is_slowed_down(world: World) -> None:
    statuses = [world.visitor(None).get(f"/plan/{'x' * 42}{at % 10}").status_code for at in range(14)]
    assert statuses[0] == 404
    assert statuses[-1] == 429

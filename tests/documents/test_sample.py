"""The sample audit's report in every format and language: nothing that was written is missing."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from tests.documents.reading import squeezed, words

Make = Callable[..., Path]
FORMATS = ("docx", "pdf", "html")


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("lang", ["zh", "both"])
def test_every_observation_is_printed(made: Make, sample: Any, kind: str, lang: str) -> None:
    printed = words(made(kind, lang))
    missing = [o["id"] for o in sample["observations"] if squeezed(o["text"]) not in printed]
    assert missing == []


@pytest.mark.parametrize("kind", FORMATS)
def test_english_prints_translations_and_marks_what_has_none(made: Make, sample: Any, kind: str) -> None:
    printed = words(made(kind, "en"))
    for observation in sample["observations"]:
        wanted = observation.get("text_en") or observation["text"]
        assert squeezed(wanted) in printed, observation["id"]
    untranslated = next(o["text"] for o in sample["observations"] if not o.get("text_en"))
    assert squeezed(untranslated) + "†" in printed
    listed = printed[printed.rindex("Textsnottranslated") :]
    assert squeezed(untranslated) in listed


@pytest.mark.parametrize("kind", FORMATS)
def test_findings_counts_and_clauses(made: Make, sample: Any, kind: str) -> None:
    printed = words(made(kind))
    for finding in sample["findings"]:
        for part in ("statement", "evidence", "requirement"):
            assert squeezed(finding[part]["zh"]) in printed, (finding["number"], part)
        assert squeezed(finding["number"]) in printed
    assert "严重不符合项数1" in printed
    assert "轻微不符合项数3" in printed
    assert "生产部/E8.1、生产部/O8.1.2、生产部/Q8.5.1" in printed


@pytest.mark.parametrize("kind", FORMATS)
def test_choices_show_all_options_and_mark_the_chosen(made: Make, kind: str) -> None:
    printed = words(made(kind))
    assert "☐符合☑基本符合☐不符合" in printed
    assert "☑暂停证书的原因已经消除，恢复认证注册☐保持认证注册☑在商定的时间内" in printed


@pytest.mark.parametrize("kind", FORMATS)
def test_none_and_empty_never_look_alike(made: Make, kind: str) -> None:
    printed = words(made(kind))
    assert re.search(r"分歧意见及其他未尽事宜无(?!【|未填)", printed)
    commitment = printed.index("承诺人审核组长（签字）")
    assert "未填" in printed[commitment : commitment + 60]
    assert "未填的报告项" in printed


def test_word_document_is_built_of_real_parts(made: Make, sample_audit: Any) -> None:
    path = made("docx")
    document = docx.Document(str(path))
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(_style(paragraph), []).append(paragraph.text)
    assert "二 管理体系运行情况" in by_style["Heading 1"]
    assert "1.5.6 审核发现和下次审核" in by_style["Heading 3"]
    assert any(line.startswith("一 审核概况") for line in by_style["toc 1"])
    body = document.element.xml
    assert 'TOC \\o "1-3"' in body
    assert body.count("w:tblHeader") > 5
    section = document.sections[0]
    assert "90017-2024-QEO-2026" in section.header.paragraphs[0].text
    footer = section.footer._element.xml
    assert " PAGE " in footer
    assert " NUMPAGES " in footer
    with zipfile.ZipFile(path) as package:
        pictures = [name for name in package.namelist() if name.endswith(".jpg")]
    assert len(pictures) == len(sample_audit.photos)
    captions = [
        p.text for cell in _cells(document) for p in cell.paragraphs if p.style and p.style.name == "Caption"
    ]
    assert len([caption for caption in captions if caption.startswith("照片")]) == 45


def _style(paragraph: Any) -> str:
    return str(paragraph.style.name)


def _cells(document: Any) -> list[Any]:
    return [cell for table in document.tables for row in table.rows for cell in row.cells]


def test_every_photo_reference_leads_to_a_photo(made: Make) -> None:
    xml = docx.Document(str(made("docx"))).element.xml
    wanted = set(re.findall(r'w:anchor="([^"]+)"', xml))
    there = set(re.findall(r'w:bookmarkStart [^>]*w:name="([^"]+)"', xml))
    assert wanted
    assert wanted <= there
    ids = re.findall(r'w:bookmarkStart [^>]*w:id="([^"]+)"', xml)
    assert len(ids) == len(set(ids))


def test_pdf_is_archivable_accessible_and_outlined(made: Make, sample_audit: Any) -> None:
    reader = pypdf.PdfReader(made("pdf"), strict=True)
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part(>|=\")2", metadata)
    assert re.search(r"pdfaid:conformance(>|=\")A", metadata)
    assert re.search(r"pdfuaid:part(>|=\")1", metadata)
    assert root["/MarkInfo"]["/Marked"]
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert "二 管理体系运行情况" in titles
    pictures = [image for page in reader.pages for image in page.images if _size(image) == (960, 720)]
    assert len(pictures) == len(sample_audit.photos)
    last = reader.pages[-1].extract_text()
    assert f"第 {len(reader.pages)} 页 共 {len(reader.pages)} 页" in last
    assert "90017-2024-QEO-2026" in last


def _size(picture: Any) -> Any:
    return picture.image.size


def test_photos_stand_with_captions_and_missing_ones_say_so(made: Make, sample: Any) -> None:
    photos = [photo for o in sample["observations"] for photo in o["photos"]]
    for kind in FORMATS:
        printed = words(made(kind))
        for photo in photos:
            assert squeezed(photo["caption_zh"]) in printed, (kind, photo["id"])
        assert printed.count("无文件") == len(photos) - 3, kind


def test_page_needs_nothing_else(made: Make) -> None:
    page = made("html").read_text(encoding="utf-8")
    assert page.count('src="data:image/jpeg;base64,') == 3
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert "<script" not in page


def test_same_content_gives_the_same_bytes(made: Make, sample_audit: Any, tmp_path: Path) -> None:
    for kind in FORMATS:
        again = sample_audit.document(tmp_path / f"again.{kind}")
        assert again.read_bytes() == made(kind).read_bytes(), kind


def test_tree_as_json_lists_every_element(made: Make) -> None:
    tree = json.loads(made("json").read_bytes())
    assert [element["ref"] for element in tree["elements"]] == list(range(1, 136))
    for element in tree["elements"]:
        assert {"key", "ref", "status", "text", "sources"} <= element.keys()
        assert set(element["text"]) == {"zh", "en"}
    empty = [element["key"] for element in tree["elements"] if element["status"] == "empty"]
    assert tree["empty"] == empty


@pytest.mark.parametrize("kind", FORMATS)
def test_record_sheets_hold_every_observation_with_people_and_outcome(
    made: Make, sample: Any, kind: str
) -> None:
    printed = words(made(kind, "zh", "--sheets"))
    for observation in sample["observations"]:
        assert squeezed(observation["text"]) in printed, observation["id"]
        for person in observation["interviewed"]:
            assert squeezed(person["name"]) in printed
        for sample_row in observation.get("samples") or []:
            assert squeezed(sample_row["id"]) in printed
    assert printed.count("陪同人员") == len({(o["slot"], o["auditor"]) for o in sample["observations"]})


def test_in_english_the_team_is_called_as_its_members_write_themselves(made: Make, sample: Any) -> None:
    for printed in (words(made("html", "en")), words(made("html", "en", "--sheets"))):
        for member in sample["audit"]["team"]:
            assert member["name"] not in printed[printed.index("Photoappendix") :]
            assert f"·{member['name']}2026" not in printed


def test_remarks_for_who_fills_the_form_in_are_not_printed(made: Make) -> None:
    chinese, english = words(made("html")), words(made("html", "en"))
    assert not [one for one in ("（固定说明）", "（括号内）", "抽什么内审报告") if one in chinese]
    assert not [one for one in ("(fixedtext)", "(inbrackets)", "1.4.product_standards") if one in english]
    assert "抽样：环境分析表条目；总数26；抽样数4" in chinese
    assert re.search(r"Textsnottranslated.*1\.4[a-z ]\)[^†]*第三方型式检验报告4份", english)


def test_a_photo_is_told_with_stop_clauses_and_what_it_shows(made: Make) -> None:
    told = "S02管理层·总经理办公室·记录·Q4.3E4.3O4.3·2026-05-1809:20·闻砚秋·PH-001"
    assert told in words(made("html"))


def test_in_english_whoever_agreed_to_a_change_is_called_as_they_are_registered(made: Make) -> None:
    assert "agreedwith:阮知微" not in words(made("html", "en"))
    assert "agreedwith:RuanZhiwei" in words(made("html", "en"))
    assert "同意人：阮知微" in words(made("html"))

"""What elements and stops are called in print, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from server.audit.entries import Text
from server.audit.report.tree import Chapter, Element, Line, Place
from server.criteria.model import section_number

_REMARKS = re.compile(
    r"（(?:固定说明|括号内|标题下括号|标题；[^）]*)）| \((?:fixed text|in brackets[^)]*|title; [^)]*)\)"
)
"""What a form's title says to whoever fills it in, not to whoever reads the report."""


def printed(title: Text) -> Text:
    """The title of an element without remarks."""
    return Text(zh=_REMARKS.sub("", title.zh), en=_REMARKS.sub("", title.en))


def where(element: Element, chapters: Iterable[Chapter]) -> Text:
    """The number of an element in the form, else the title of its chapter: 三 2), in English 3 2)."""
    if element.section:
        return Text(zh=element.section, en=section_number(element.section, "en"))
    return next((one.title for one in chapters if one.key == element.chapter), Text())


def element_in_words(element: Element, chapters: Iterable[Chapter]) -> Text:
    """The place of an element: 1.5.2 与审核计划的偏离."""
    number, title = where(element, chapters), printed(element.title)
    return Text(zh=f"{number.zh} {title.zh}".strip(), en=f"{number.en} {title.get('en')}".strip())


def stop_in_words(place: Place) -> Text:
    """A stop: S09 生产部 · 抛光."""
    zh = " · ".join(part for part in (place.department.get("zh"), place.process.get("zh")) if part)
    en = " · ".join(part for part in (place.department.get("en"), place.process.get("en")) if part)
    return Text(zh=f"{place.label} {zh}".strip(), en=f"{place.label} {en}".strip())


def stop_in_short(place: Place) -> Text:
    """A stop by its label and its department, else its process: S09 生产部."""
    name = place.department if place.department.zh or place.department.en else place.process
    return Text(zh=f"{place.label} {name.get('zh')}".strip(), en=f"{place.label} {name.get('en')}".strip())


def line_in_words(line: Line, place: Place) -> Text:
    """Where, by whom and when something was recorded."""
    stop = stop_in_short(place)
    zh, en = f"{line.by} {line.seen_at}", f"{line.by_en or line.by} {line.seen_at}"
    return Text(zh=" · ".join(filter(None, (stop.zh, zh))), en=" · ".join(filter(None, (stop.en, en))))

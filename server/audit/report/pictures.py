"""The photos and the pages of attached documents, as the report numbers and describes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.audit.entries import Moment, Observation, Photo, Text
from server.audit.gaps.pictures import left_out
from server.audit.markup import layer_of_bytes
from server.audit.report.titles import stop_in_short
from server.audit.report.tree import Picture
from server.audit.state import Thing

SUBJECTS: dict[str, Text] = {
    "": Text(),
    "equipment": Text(zh="设备", en="equipment"),
    "ppe": Text(zh="防护用品", en="PPE"),
    "site": Text(zh="现场", en="site"),
    "record": Text(zh="记录", en="record"),
    "document": Text(zh="文件", en="document"),
    "label": Text(zh="标识", en="label"),
    "person": Text(zh="人员", en="person"),
    "other": Text(),
}
_FIRST_ZH, _FIRST_EN = 30, 70
"""How many letters of a note stand below a photo."""

if TYPE_CHECKING:
    from server.audit.report.context import Context


def pictures(context: Context) -> list[Picture]:
    """The photos in the order of their observations, numbered; without those nobody permitted."""
    listed: list[Picture] = []
    state, unwanted = context.state, left_out(context.state)
    for observation, content in context.observations:
        for thing in state.photos_of(observation.id):
            photo = thing.current
            if photo is not None and thing.id not in unwanted:
                listed.append(_photo(context, thing, photo, content, len(listed) + 1))
    return [*listed, *_pages(context, len(listed), unwanted)]


def _photo(
    context: Context, thing: Thing[Photo], photo: Photo, observation: Observation, number: int
) -> Picture:
    by = context.name(photo.taken_by or thing.first.by)
    return Picture(
        id=thing.id,
        number=number,
        label=photo.label,
        sha256=photo.sha256,
        layer=layer_of_bytes(context.state, photo.sha256) if photo.sha256 else [],
        caption=photo.caption,
        place=photo.place,
        taken_at=_taken(context, photo.taken_at),
        by=by,
        by_en=context.latin(by),
        observation=photo.observation,
        stop=stop_in_short(context.place(observation.stop)),
        subject=SUBJECTS.get(photo.subject, Text(zh=photo.subject, en=photo.subject)),
        clauses=[clause.code for clause in observation.clauses],
        note=Text(zh=_first(observation.text.zh, _FIRST_ZH), en=_first(observation.text.en, _FIRST_EN)),
    )


def _first(text: str, most: int) -> str:
    """The first line of a text, or of a long one its beginning."""
    line = text.strip().partition("\n")[0]
    if len(line) <= most:
        return line
    return f"{line[:most].rsplit(' ', 1)[0] if line.isascii() else line[:most]}…"


def _pages(context: Context, before: int, unwanted: set[str]) -> Iterator[Picture]:
    """The pages of attached documents, numbered on after the photos."""
    number = before
    for thing in context.state.attachments.values():
        body = thing.current
        if body is None or thing.id in unwanted:
            continue
        by = context.name(thing.first.by)
        for at, page in enumerate(body.pages, start=1):
            number += 1
            yield Picture(
                id=f"{thing.id}/{at}",
                number=number,
                label="",
                sha256=page.sha256,
                caption=_page_of(body.title, at, len(body.pages)),
                place="",
                taken_at=_taken(context, page.taken_at),
                by=by,
                by_en=context.latin(by),
                observation=body.observation or "",
                document=" · ".join(filter(None, (body.number, body.issuer, body.date, body.holder))),
                page=at,
                corners=page.corners,
            )


def _page_of(title: Text, page: int, pages: int) -> Text:
    """The caption of a page: 质量手册（第 1 页，共 3 页）; a title in one language stands in both."""
    if pages == 1:
        return title
    zh, en = title.zh or title.en, title.en or title.zh
    return Text(zh=f"{zh}（第 {page} 页，共 {pages} 页）", en=f"{en} (page {page} of {pages})")


def _taken(context: Context, moment: Moment | None) -> str:
    return moment.astimezone(context.zone).strftime("%Y-%m-%d %H:%M") if moment else ""

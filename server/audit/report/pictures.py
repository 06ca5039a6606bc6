"""The photos and the pages of attached documents, as the report numbers and describes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from server.audit.entries import Moment, Text
from server.audit.gaps.pictures import left_out
from server.audit.markup import layer_of_bytes
from server.audit.report.tree import Picture

if TYPE_CHECKING:
    from server.audit.report.context import Context


def pictures(context: Context) -> list[Picture]:
    """The photos in the order of their observations, numbered; without those nobody permitted."""
    listed: list[Picture] = []
    state, unwanted = context.state, left_out(context.state)
    for observation, _ in context.observations:
        for thing in state.photos_of(observation.id):
            photo = thing.current
            if photo is None or thing.id in unwanted:
                continue
            by = context.name(photo.taken_by or thing.first.by)
            listed.append(
                Picture(
                    id=thing.id,
                    number=len(listed) + 1,
                    label=photo.label,
                    sha256=photo.sha256,
                    layer=layer_of_bytes(state, photo.sha256) if photo.sha256 else [],
                    caption=photo.caption,
                    place=photo.place,
                    taken_at=_taken(context, photo.taken_at),
                    by=by,
                    by_en=context.latin(by),
                    observation=observation.id,
                )
            )
    return [*listed, *_pages(context, len(listed), unwanted)]


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

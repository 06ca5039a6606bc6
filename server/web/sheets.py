"""Filing a sheet that was printed, signed and photographed: found again by its code, kept with its photo."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from litestar.datastructures import FormMultiDict, UploadFile

from server.audit.entries import AttachedBody, Text
from server.audit.sheets import read_code
from server.audit.state import State, fold
from server.criteria.load import Criteria
from server.evidence.codes import read_codes
from server.evidence.pictures import NotAPicture, media_of
from server.web.errors import Refusal
from server.web.services import Services

MAX_SHEET_BYTES = 30 * 1024 * 1024


class Sheet(Protocol):
    """A sheet as it was compiled for print."""

    @property
    def code(self) -> str: ...

    @property
    def sha256(self) -> str: ...


async def take_in(
    services: Services,
    audit: str,
    form: FormMultiDict,
    compiled: Callable[[State, Criteria], Sheet],
    *,
    sheet: str,
    title: Text,
) -> tuple[State, AttachedBody]:
    """The audit as it was when the sheet was printed, and the photo in the form as an attachment.

    The sheet is found by the QR code on the photo, or by its number where that was typed. Raises Refusal for
    what is no photo, for one without a code, and for a code of no sheet of this audit.
    """
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    if not isinstance(file, UploadFile) or not data:
        raise Refusal(400, "no_sheet_photo")
    typed = str(form.get("code") or "").strip()
    code = _typed(typed) if typed else await _seen(data)
    state, printed = await _printed(services, audit, code, compiled)
    sha256, media = await _keep(services, audit, data)
    body = AttachedBody(
        title=title,
        number=printed.code,
        date=datetime.now(UTC).date().isoformat(),
        sha256=sha256,
        size=len(data),
        media=media,
        name=file.filename,
        sheet=sheet,
        sheet_sha256=printed.sha256,
    )
    return state, body


def _typed(number: str) -> tuple[int, str]:
    code = read_code(number)
    if code is None:
        raise Refusal(400, "bad_sheet_code")
    return code


async def _seen(data: bytes) -> tuple[int, str]:
    for code in map(read_code, await read_codes(data)):
        if code is not None:
            return code
    raise Refusal(400, "no_sheet_code")


async def _printed(
    services: Services, audit: str, code: tuple[int, str], compiled: Callable[[State, Criteria], Sheet]
) -> tuple[State, Sheet]:
    seq, sha256 = code
    records = [one for one in await services.journal.records(audit) if one.seq <= seq]
    if len(records) == seq:
        state = fold(audit, records)
        printed = compiled(state, await services.criteria_of(state))
        if printed.sha256.startswith(sha256):
            return state, printed
    raise Refusal(409, "other_sheet")


async def _keep(services: Services, audit: str, data: bytes) -> tuple[str, str]:
    """Hash and kind of a photo that is kept for the audit."""
    sha256, size = await services.blobs.bring(data)
    try:
        media = await asyncio.to_thread(media_of, services.blobs.path(sha256))
    except NotAPicture:
        await services.blobs.drop_unheld(sha256)
        raise Refusal(400, "no_sheet_photo") from None
    await services.blobs.note(audit, sha256, size=size, media=media)
    return sha256, media


def filed(state: State, sheet: str) -> list[AttachedBody]:
    """The signed sheets of a kind that were filed."""
    bodies = (thing.current for thing in state.attachments.values())
    return [one for one in bodies if one and one.sheet == sheet]

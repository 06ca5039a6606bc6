"""Uploads over HTTP by the tus protocol 1.0 (core and creation), and the photos back.

Who may is decided by the guard that is handed in: this room knows no accounts.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from litestar import MediaType, Request, Router, get, head, patch, post, route
from litestar.exceptions import HTTPException, InternalServerException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery
from litestar.response import File, Response

from server.audit.entries import Shape
from server.audit.markup import layer_name
from server.evidence import uploads
from server.evidence.pictures import MEDIA, WIDTHS, NotAPicture, Width
from server.evidence.rooms import Evidence
from server.evidence.uploads import MAX_UPLOAD_BYTES, Upload, UploadError, WrongHash, WrongOffset

VERSION = "1.0.0"
STATUS: dict[type[Exception], int] = {
    uploads.NoSuchUpload: 404,
    uploads.WrongOffset: 409,
    uploads.TooLarge: 413,
    uploads.Locked: 423,
    uploads.WrongHash: 460,
    uploads.SenderGone: 400,
}
_PICTURE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


class _Problem(msgspec.Struct):
    """What a program is told of a refusal."""

    error: str


def _refusals(*statuses: int) -> dict[int, ResponseSpec]:
    return {status: ResponseSpec(_Problem, generate_examples=False) for status in statuses}


_COMMON = (400, 401, 403, 404, 412)
AnyRequest = Request[Any, Any, Any]
EvidenceOf = Callable[[AnyRequest], Evidence]
"""The evidence of the application that a request came to."""
Guard = Callable[[AnyRequest, str, str], Awaitable[str]]
"""Given a request, an audit and an action (`photo.upload`, `photo.read`): the account's id, or it raises."""

RefusalOf = Callable[[AnyRequest, str, str], Awaitable[str]]
"""Given a request, an audit and a hash: the code of why the audit takes no such bytes; empty: it does."""

LayerOf = Callable[[AnyRequest, str, str], Awaitable[Sequence[Shape]]]
"""Given a request, an audit and a hash: what is drawn on these bytes in that audit."""


class BadRequest(HTTPException):
    """A request outside the protocol; `detail` is a stable code."""


def make_upload_router(
    evidence_of: EvidenceOf, guard: Guard, refusal_of: RefusalOf, layer_of: LayerOf
) -> Router:
    """The routes `/audits/{audit}/uploads[/{upload}]` and `/audits/{audit}/photos/{sha256}`.

    Answers carry a stable code in `error`: `no_such_upload`, `wrong_offset`, `too_large`, `locked`,
    `wrong_hash`, `not_a_picture`, `too_many_pixels`, `broken_picture`, which header is wrong, or what
    `refusal_of` says, with 422.
    """
    speaks_tus = Router(
        path="/uploads",
        route_handlers=[_options(), *_upload_handlers(evidence_of, guard, refusal_of)],
        before_request=_check_version,
    )
    return Router(
        path="/audits/{audit:str}",
        route_handlers=[speaks_tus, _photo_handler(evidence_of, guard, layer_of)],
        exception_handlers={UploadError: _refuse, NotAPicture: _refuse_picture, BadRequest: _refuse_request},
    )


def _options() -> HTTPRouteHandler:
    @route(
        "/",
        http_method="OPTIONS",
        status_code=204,
        opt={"needs": "photo.upload"},
        responses=_refusals(401, 403, 404),
    )
    async def tell_tus_abilities(audit: FromPath[str]) -> Response[None]:
        abilities = {"Tus-Version": VERSION, "Tus-Extension": "creation"}
        return _answer(204, {**abilities, "Tus-Max-Size": str(MAX_UPLOAD_BYTES)})

    return tell_tus_abilities


def _upload_handlers(evidence_of: EvidenceOf, guard: Guard, refusal_of: RefusalOf) -> list[HTTPRouteHandler]:
    async def check_wanted(request: AnyRequest, audit: str, sha256: str) -> None:
        if refusal := await refusal_of(request, audit, sha256):
            raise BadRequest(refusal, status_code=422)

    @post("/", opt={"needs": "photo.upload"}, responses=_refusals(*_COMMON, 413, 422, 423))
    async def begin_upload(request: AnyRequest, audit: FromPath[str]) -> Response[None]:
        account = await guard(request, audit, "photo.upload")
        sha256, size = _announced(request)
        room = evidence_of(request).uploads
        upload = _begin(room, audit, account, sha256, size)
        await check_wanted(request, audit, upload.sha256)
        location = f"/audits/{audit}/uploads/{upload.id}"
        return _answer(201, {"Location": location, **_progress(upload, await room.offset(upload))})

    @head("/{upload_id:str}", opt={"needs": "photo.upload"}, responses=_refusals(*_COMMON, 423))
    async def tell_offset(
        request: AnyRequest, audit: FromPath[str], upload_id: FromPath[str]
    ) -> Response[None]:
        account = await guard(request, audit, "photo.upload")
        room = evidence_of(request).uploads
        upload = room.find(audit, account, upload_id)
        offset = await room.offset(upload)
        return _answer(200, {"Upload-Length": str(upload.size), **_progress(upload, offset)})

    @patch(
        "/{upload_id:str}",
        opt={"needs": "photo.upload"},
        status_code=204,
        request_max_body_size=MAX_UPLOAD_BYTES,
        responses=_refusals(*_COMMON, 409, 413, 415, 422, 423, 460),
    )
    async def take_bytes(
        request: AnyRequest, audit: FromPath[str], upload_id: FromPath[str]
    ) -> Response[None]:
        account = await guard(request, audit, "photo.upload")
        if request.headers.get("content-type") != "application/offset+octet-stream":
            raise BadRequest("content_type", status_code=415)
        evidence = evidence_of(request)
        upload = evidence.uploads.find(audit, account, upload_id)
        await check_wanted(request, audit, upload.sha256)
        offset = await evidence.uploads.append(upload, _number(request, "upload-offset"), _pieces(request))
        if offset == upload.size:
            evidence.pictures.prepare_soon(upload.sha256)
        return _answer(204, _progress(upload, offset))

    return [begin_upload, tell_offset, take_bytes]


def _photo_handler(evidence_of: EvidenceOf, guard: Guard, layer_of: LayerOf) -> HTTPRouteHandler:
    @get(
        "/photos/{sha256:str}",
        opt={"needs": "photo.read"},
        responses=_refusals(400, 401, 403, 404, 422),
    )
    async def show_photo(
        request: AnyRequest,
        audit: FromPath[str],
        sha256: FromPath[str],
        w: FromQuery[int | None] = None,
        layer: FromQuery[str] = "",
    ) -> File:
        """The photo as received, or with `w` a copy, on which everything is drawn that stands on it now.

        `layer` names what the page expects to be drawn: only the copy it means may be kept for ever.
        """
        await guard(request, audit, "photo.read")
        evidence = evidence_of(request)
        held = await evidence.blobs.held(audit, sha256)
        if held is None or held.media not in MEDIA.values():
            raise NotFoundException
        width = _width(w)
        if width is None:
            return _picture(evidence.blobs.path(sha256), held.media, sha256, _FOR_EVER)
        shapes = await layer_of(request, audit, sha256)
        copy = await evidence.pictures.derivative(sha256, width, shapes)
        caching = _FOR_EVER if layer == layer_name(shapes) else _ASK_AGAIN
        return _picture(copy, "image/jpeg", f"{sha256}-{w}", caching)

    return show_photo


def _picture(path: Path, media: str, name: str, caching: str) -> File:
    filename = f"{name}.{media.removeprefix('image/').replace('jpeg', 'jpg')}"
    return File(
        path,
        media_type=media,
        filename=filename,
        content_disposition_type="inline",
        headers={**_PICTURE_HEADERS, "Cache-Control": caching},
    )


def _width(asked: int | None) -> Width | None:
    for width in WIDTHS:
        if width == asked:
            return width
    if asked is not None:
        raise BadRequest("width", status_code=400)
    return None


def _check_version(request: AnyRequest) -> Response[Any] | None:
    if request.method == "OPTIONS" or request.headers.get("tus-resumable") == VERSION:
        return None
    return _problem(412, "tus_version", {"Tus-Version": VERSION})


def _announced(request: AnyRequest) -> tuple[str, int]:
    """Hash and size of the bytes to come, from the headers of a creation."""
    size = _number(request, "upload-length")
    for pair in request.headers.get("upload-metadata", "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "sha256":
            try:
                return base64.b64decode(value, validate=True).decode("ascii"), size
            except (binascii.Error, UnicodeDecodeError) as error:
                raise BadRequest("upload_metadata", status_code=400) from error
    raise BadRequest("sha256_missing", status_code=400)


def _begin(room: uploads.Uploads, audit: str, account: str, sha256: str, size: int) -> Upload:
    try:
        return room.begin(audit, account, sha256, size)
    except ValueError as error:
        raise BadRequest("upload_metadata", status_code=400) from error


def _number(request: AnyRequest, header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 18):
        raise BadRequest(header.replace("-", "_"), status_code=400)
    return int(value)


async def _pieces(request: AnyRequest) -> AsyncIterator[bytes]:
    try:
        async for piece in request.stream():
            yield piece
    except InternalServerException as error:  # what Litestar raises once the sender has gone away
        raise uploads.SenderGone("the sender went away") from error


def _progress(upload: Upload, offset: int) -> dict[str, str]:
    headers = {"Upload-Offset": str(offset)}
    if offset == upload.size:
        headers["Clausewalk-Receipt"] = upload.sha256
    return headers


def _answer(status: int, headers: dict[str, str]) -> Response[None]:
    headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}
    return Response(None, status_code=status, headers=headers, media_type=MediaType.TEXT)


def _problem(status: int, code: str, headers: dict[str, str] | None = None) -> Response[Any]:
    headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **(headers or {})}
    return Response({"error": code}, status_code=status, headers=headers)


def _refuse(_: AnyRequest, error: UploadError) -> Response[Any]:
    headers = {}
    if isinstance(error, WrongOffset | WrongHash):
        headers["Upload-Offset"] = str(error.offset)
    return _problem(STATUS[type(error)], error.code, headers)


def _refuse_picture(_: AnyRequest, error: NotAPicture) -> Response[Any]:
    return _problem(422, error.reason)


def _refuse_request(_: AnyRequest, error: BadRequest) -> Response[Any]:
    return _problem(error.status_code, error.detail)

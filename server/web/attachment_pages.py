"""The pages of a photographed document, straightened, one picture each."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import File

from server.evidence.pictures import WIDTHS, NotAPicture
from server.web.guards import Case
from server.web.services import Services


@get(
    "/audits/{audit:str}/attachments/{attachment:str}/pages/{page:int}",
    opt={"needs": "photo.read"},
    include_in_schema=False,
)
async def attachment_page(
    services: NamedDependency[Services],
    case: NamedDependency[Case],
    attachment: FromPath[str],
    page: FromPath[int],
    w: FromQuery[int] = WIDTHS[0],
) -> File:
    """Page 1, 2, 3 … as a JPEG at most `w` pixels long. What was photographed is at `/photos/{sha256}`."""
    thing = case.state.attachments.get(attachment)
    body = thing.current if thing else None
    width = next((width for width in WIDTHS if width == w), None)
    if body is None or width is None or not 1 <= page <= len(body.pages):
        raise NotFoundException
    shot = body.pages[page - 1]
    if not await services.blobs.has(case.state.audit, shot.sha256):
        raise NotFoundException
    try:
        copy = await services.pictures.derivative(shot.sha256, width, (), shot.corners)
    except (NotAPicture, FileNotFoundError) as error:
        raise NotFoundException from error
    return File(
        copy,
        media_type="image/jpeg",
        filename=f"{attachment}-{page}.jpg",
        content_disposition_type="inline",
        headers={
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


routes = [attachment_page]

"""How a phone comes to trust this server: its certificate authority, and the steps on iOS and Android."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Response

from server.people.rights import PUBLIC
from server.tls import CA_NAME, authority_certificate, fingerprint
from server.web.render import language_of, page, remember_language
from server.web.services import Services

_FILE = "clausewalk-ca.crt"


@get("/trust", opt={"needs": PUBLIC}, include_in_schema=False)
async def trust_page(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """The steps, and the fingerprint to compare with the one the server printed."""
    certificate = authority_certificate(services.settings.data)
    response = page(
        request,
        "pages/trust.html",
        file=f"/trust/{_FILE}",
        name=CA_NAME,
        fingerprint=fingerprint(certificate) if certificate else "",
        secure_url=getattr(request.app.state, "secure_url", ""),
    )
    remember_language(response, language_of(request))
    return response


@get(f"/trust/{_FILE}", opt={"needs": PUBLIC}, raises=[NotFoundException], include_in_schema=False)
async def download(services: NamedDependency[Services]) -> Response[bytes]:
    """The certificate of the authority (DER): phones ask by themselves whether to install it."""
    certificate = authority_certificate(services.settings.data)
    if certificate is None:
        raise NotFoundException
    return Response(
        certificate,
        media_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": f'attachment; filename="{_FILE}"', "Cache-Control": "no-cache"},
    )


routes = [trust_page, download]

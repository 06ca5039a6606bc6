"""A link of the administrator: who was invited, or forgot the password, chooses one here.

Looking at the page uses nothing up: messengers and mail scanners look at every address they carry.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from server.people.accounts import AccountError
from server.people.links import Link
from server.people.passwords import MIN_LENGTH
from server.people.rights import PUBLIC
from server.web.account import chosen_password
from server.web.by_link import HEADERS, address_of, opens_nothing
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.render import language_of, page, redirect, remember_language
from server.web.services import Services

_OVER = "pages/welcome-ended.html"


@get("/welcome/{token:str}", opt={"needs": PUBLIC}, include_in_schema=False)
async def welcome_page(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """The form, for whoever holds a link that can be used."""
    link = await services.links.find(token, "invite", "reset")
    return await _form(request, services, link) if link else await opens_nothing(request, services, _OVER)


@post(
    "/welcome/{token:str}",
    opt={"needs": PUBLIC},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def choose_password(
    request: Request[Any, Any, Any], services: NamedDependency[Services], token: FromPath[str]
) -> Response[bytes]:
    """Take the password and use the link up; then sign in by the form like everybody."""
    link = await services.links.find(token, "invite", "reset")
    if link is None:
        return await opens_nothing(request, services, _OVER)
    try:
        new = chosen_password(await read_form(request))
        taken = await services.accounts.redeem(link, token, new, address=address_of(request))
    except AccountError as error:
        return await _form(request, services, link, problem=f"account.{error.reason}")
    return redirect("/sign-in?done=password") if taken else await opens_nothing(request, services, _OVER)


async def _form(
    request: Request[Any, Any, Any], services: Services, link: Link, problem: str = ""
) -> Response[bytes]:
    account = await services.accounts.get(link.account or "")
    response = page(
        request,
        "pages/welcome.html",
        status=400 if problem else 200,
        headers=HEADERS,
        account=account,
        purpose=link.purpose,
        problem=problem,
        least=MIN_LENGTH,
    )
    remember_language(response, language_of(request))
    return response


routes = [welcome_page, choose_password]

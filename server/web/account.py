"""One's own account: language, theme, the hand that holds the phone, the password, the devices."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Response

from server.criteria.model import Language
from server.people.accounts import AccountError, WrongPassword
from server.people.attempts import TooMany
from server.people.passwords import MIN_LENGTH
from server.people.principal import Hand, Principal, Theme
from server.web.cookies import is_secure, session_cookie
from server.web.devices import devices_of
from server.web.errors import Refusal
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import session_of
from server.web.new_audit import ZONE
from server.web.render import page, redirect, remember_language
from server.web.services import Services
from server.web.sign_in import in_words

_DONE = ("password_changed", "device_ended", "others_ended")


class _Choices(msgspec.Struct, frozen=True):
    language: Language
    theme: Theme
    hand: Hand


@get("/account", opt={"needs": "account.own"}, include_in_schema=False)
async def account_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """The forms with what is chosen now, and the devices."""
    return await _page(request, services, principal, done=done if done in _DONE else "")


@post(
    "/account",
    opt={"needs": "account.own"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def choose(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Keep the choices and show the page in them."""
    try:
        choices = msgspec.convert(await read_form(request), _Choices)
    except msgspec.ValidationError:
        raise Refusal(400, "bad_choice") from None
    await services.accounts.choose(
        principal.id, language=choices.language, theme=choices.theme, hand=choices.hand
    )
    response = redirect("/account")
    remember_language(response, choices.language)
    return response


@post(
    "/account/password",
    opt={"needs": "account.own"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def change_password(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Change the password; every other device ends, and this session gets a new token."""
    form = await read_form(request)
    session = session_of(request)
    address = request.client.host if request.client else ""
    try:
        await services.accounts.change_password(
            principal.id, form.get("old", ""), chosen_password(form), session=session.id, address=address
        )
    except WrongPassword:
        return await _page(request, services, principal, status=400, problem="account.old_wrong")
    except AccountError as error:
        return await _page(request, services, principal, status=400, problem=f"account.{error.reason}")
    except TooMany as limit:
        wait = in_words(request, limit.wait)
        headers = {"Retry-After": str(limit.wait)}
        return await _page(
            request, services, principal, status=429, problem="sign_in.wait", wait=wait, headers=headers
        )
    token = await services.sessions.rotate(session.id)
    request.scope["state"].pop("renewed", None)  # it would bring the old token back
    seconds = services.sessions.lifetime(own_phone=True) if session.own_phone else None
    response = redirect("/account?done=password_changed")
    secure = is_secure(request.scope, services.settings)
    response.headers["Set-Cookie"] = session_cookie(token, secure=secure, seconds=seconds)
    return response


def chosen_password(form: dict[str, str]) -> str:
    """The new password of a form, typed twice alike. Raises AccountError: `password_differs`."""
    if form.get("new", "") != form.get("again", ""):
        raise AccountError("password_differs", "the password was typed differently the second time")
    return form.get("new", "")


async def _page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Principal,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **shown: Any,
) -> Response[bytes]:
    devices = await devices_of(services, principal.id, session_of(request).id)
    return page(
        request,
        "pages/account.html",
        stamp=("account", shown, devices) if status == 200 else None,
        status=status,
        headers=headers,
        languages=get_args(Language),
        themes=get_args(Theme),
        hands=get_args(Hand),
        devices=devices,
        least=MIN_LENGTH,
        zone=ZONE,
        **{"done": "", "problem": "", "wait": "", **shown},
    )


routes = [account_page, choose, change_password]

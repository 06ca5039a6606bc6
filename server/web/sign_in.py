"""Signing in and out. The form works without scripts."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.response import Response

from server.people.accounts import WrongPassword
from server.people.attempts import TooMany
from server.people.principal import Principal
from server.people.rights import PUBLIC
from server.web.cookies import is_secure, session_cookie, token_of
from server.web.forms import MAX_FORM_BYTES, local_path, read_form
from server.web.render import language_of, page, redirect, remember_language
from server.web.services import Services
from server.web.texts import texts


@get("/sign-in", opt={"needs": PUBLIC}, include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The form."""
    next_path = local_path(request.query_params.get("next", "/"))
    chosen = request.query_params.get("done") == "password"
    return _form(request, next_path=next_path, done="welcome.chosen" if chosen else "")


@post(
    "/sign-in",
    opt={"needs": PUBLIC},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def sign_in(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[Any]:
    """Check the password and begin a session, or show the form again with what was typed and why."""
    form = await read_form(request)
    login = form.get("login", "")
    own_phone = form.get("own_phone") == "1"
    next_path = local_path(form.get("next", "/"))
    address = request.client.host if request.client else ""
    try:
        principal = await services.accounts.check(login, form.get("password", ""), address)
    except WrongPassword:
        return _form(
            request, 401, login=login, own_phone=own_phone, next_path=next_path, problem="sign_in.wrong"
        )
    except TooMany as limit:
        return _form(
            request,
            429,
            login=login,
            own_phone=own_phone,
            next_path=next_path,
            problem="sign_in.wait",
            wait=in_words(request, limit.wait),
            headers={"Retry-After": str(limit.wait)},
        )
    return await _begin(request, services, principal, own_phone, address, next_path)


@post("/sign-out", opt={"needs": PUBLIC}, status_code=303, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[bytes]:
    """End the session on the server and take the cookie away. What waits on the phone stays there."""
    token = token_of(request)
    if token:
        await services.sessions.end(token)
    response = redirect("/sign-in")
    response.headers["Set-Cookie"] = session_cookie("", secure=_is_secure(request), seconds=0)
    return response


async def _begin(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Principal,
    own_phone: bool,
    address: str,
    next_path: str,
) -> Response[bytes]:
    old = token_of(request)
    if old:
        await services.sessions.end(old)
    token = await services.sessions.start(
        principal.id, own_phone=own_phone, address=address, agent=request.headers.get("user-agent", "")
    )
    seconds = services.sessions.lifetime(own_phone) if own_phone else None
    response = redirect(next_path)
    response.headers["Set-Cookie"] = session_cookie(token, secure=_is_secure(request), seconds=seconds)
    remember_language(response, principal.language)
    return response


def _form(
    request: Request[Any, Any, Any],
    status: int = 200,
    *,
    next_path: str,
    login: str = "",
    own_phone: bool = False,
    problem: str = "",
    done: str = "",
    wait: str = "",
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    response = page(
        request,
        "pages/sign-in.html",
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        next_path=next_path,
        login=login,
        own_phone=own_phone,
        days=request.app.state.settings.own_phone_days,
        problem=problem,
        done=done,
        wait=wait,
    )
    remember_language(response, language_of(request))
    return response


def in_words(request: Request[Any, Any, Any], seconds: int) -> str:
    """How long to wait, in seconds or minutes."""
    t = texts(language_of(request))
    return t("sign_in.seconds", n=seconds) if seconds < 60 else t("sign_in.minutes", n=-(-seconds // 60))


def _is_secure(request: Request[Any, Any, Any]) -> bool:
    return is_secure(request.scope, request.app.state.settings)


routes = [sign_in_page, sign_in, sign_out]

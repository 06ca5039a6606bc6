"""The administrator's accounts: the list, a new one by invitation, role, stop, devices, another password."""

from __future__ import annotations

from typing import Any, get_args

import segno
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Response
from markupsafe import Markup

from server.criteria.model import Language
from server.people.accounts import Account, AccountError
from server.people.links import Purpose
from server.people.principal import AccountRole, Principal
from server.web.devices import devices_of
from server.web.forms import MAX_FORM_BYTES, read_form
from server.web.guards import own_origins
from server.web.new_audit import ZONE
from server.web.render import page, redirect
from server.web.services import Services

LINK_HOURS = 72
_PURPOSES: tuple[Purpose, ...] = ("invite", "reset")
_ROLES = get_args(AccountRole)
_ONLY = (*_ROLES, "invited", "disabled")
_DONE = ("saved", "disabled", "enabled", "device_ended", "devices_ended", "link_ended")


@get("/admin/accounts", opt={"needs": "account.manage"}, include_in_schema=False)
async def accounts_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    find: FromQuery[str] = "",
    only: FromQuery[str] = "",
) -> Response[bytes]:
    """All accounts by login; `find` in login and name, `only` those with one role or in one state."""
    found = await services.accounts.list(find)
    return page(
        request,
        "pages/accounts.html",
        rows=[one for one in found if only not in _ONLY or only in _is(one)],
        counts=[(name, sum(name in _is(one) for one in found)) for name in _ONLY],
        find=find,
        only=only if only in _ONLY else "",
    )


def _is(account: Account) -> tuple[str, ...]:
    """Under which words of the filter an account falls."""
    if account.disabled:
        return ("disabled",)
    return (account.role, "invited") if account.invited else (account.role,)


@get("/admin/accounts/new", opt={"needs": "account.manage"}, include_in_schema=False)
async def new_account_page(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The empty form."""
    return _new(request, {})


@post(
    "/admin/accounts/new",
    opt={"needs": "account.manage"},
    status_code=200,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def invite(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[bytes]:
    """Make an account without a password, and show its invitation, this once."""
    form = await read_form(request)
    role, language = _one_of(form, "role", _ROLES), _one_of(form, "language", get_args(Language))
    if role is None or language is None:
        return _new(request, form, problem="admin.no_role")
    try:
        account = await services.accounts.add(
            login=form.get("login", ""),
            name=form.get("name", ""),
            role=role,
            password=None,
            language=language,
            actor=principal.id,
        )
    except AccountError as error:
        return _new(request, form, problem=f"admin.{error.reason}")
    return await _show_link(request, services, principal, account)


def _one_of(form: dict[str, str], name: str, choices: tuple[Any, ...]) -> Any:
    return form.get(name) if form.get(name) in choices else None


def _new(request: Request[Any, Any, Any], form: dict[str, str], problem: str = "") -> Response[bytes]:
    return page(
        request,
        "pages/new-account.html",
        status=400 if problem else 200,
        form={"login": "", "name": "", "role": "auditor", "language": "zh", **form},
        roles=_ROLES,
        languages=get_args(Language),
        problem=problem,
        hours=LINK_HOURS,
    )


@get("/admin/accounts/{account:str}", opt={"needs": "account.manage"}, include_in_schema=False)
async def account_of_page(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    account: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[bytes]:
    """One account with its devices and open links."""
    return await _account(
        request, services, await _get(services, account), done=done if done in _DONE else ""
    )


@post(
    "/admin/accounts/{account:str}",
    opt={"needs": "account.manage"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def change_account(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
) -> Response[bytes]:
    """Change name and role."""
    known, form = await _get(services, account), await read_form(request)
    role = _one_of(form, "role", _ROLES)
    if role is None:
        return await _account(request, services, known, problem="admin.no_role")
    try:
        await services.accounts.change(account, name=form.get("name", ""), role=role, actor=principal.id)
    except AccountError as error:
        return await _account(request, services, known, problem=f"admin.{error.reason}")
    return redirect(f"/admin/accounts/{account}?done=saved")


@post(
    "/admin/accounts/{account:str}/{action:str}",
    opt={"needs": "account.manage"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def act_on_account(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
    action: FromPath[str],
) -> Response[bytes]:
    """`disable`, `enable`, `end-devices`, `link` (shown this once), `end-link`."""
    known = await _get(services, account)
    if action == "link" and not known.disabled:
        return await _show_link(request, services, principal, known)
    try:
        done = await _act(services, principal, known, action)
    except AccountError as error:
        return await _account(request, services, known, problem=f"admin.{error.reason}")
    return redirect(f"/admin/accounts/{account}?done={done}")


async def _act(services: Services, principal: Principal, account: Account, action: str) -> str:
    """Do it and return what to say; raises NotFoundException for what is no action."""
    match action:
        case "disable":
            await services.accounts.disable(account.login, actor=principal.id)
            return "disabled"
        case "enable":
            await services.accounts.enable(account.id, actor=principal.id)
            return "enabled"
        case "end-devices":
            await services.devices.end_others(account.id, but="", actor=principal.id)
            return "devices_ended"
        case "end-link":
            for purpose in _PURPOSES:
                for link in await services.links.of(purpose, account=account.id):
                    await services.links.end(link.id, purpose, actor=principal.id, account=account.id)
            return "link_ended"
    raise NotFoundException


@post(
    "/admin/accounts/{account:str}/devices/{key:str}/end",
    opt={"needs": "account.manage"},
    status_code=303,
    request_max_body_size=MAX_FORM_BYTES,
    include_in_schema=False,
)
async def end_device_of(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """End one device of somebody's account."""
    await services.devices.end((await _get(services, account)).id, key, actor=principal.id)
    return redirect(f"/admin/accounts/{account}?done=device_ended")


async def _get(services: Services, account: str) -> Account:
    try:
        return await services.accounts.get(account)
    except AccountError:
        raise NotFoundException from None


async def _account(
    request: Request[Any, Any, Any], services: Services, account: Account, problem: str = "", done: str = ""
) -> Response[bytes]:
    purpose: Purpose = "invite" if account.invited else "reset"
    return page(
        request,
        "pages/account-of.html",
        status=400 if problem else 200,
        account=account,
        devices=await devices_of(services, account.id),
        links=await services.links.of(purpose, account=account.id),
        roles=_ROLES,
        problem=problem,
        done=done,
        zone=ZONE,
        hours=LINK_HOURS,
    )


async def _show_link(
    request: Request[Any, Any, Any], services: Services, principal: Principal, account: Account
) -> Response[bytes]:
    """The page with an address that is never shown again: nowhere kept, neither here nor by the browser."""
    purpose: Purpose = "invite" if account.invited else "reset"
    token = await services.links.make(purpose, made_by=principal.id, hours=LINK_HOURS, account=account.id)
    address = f"{_base(request)}/welcome/{token}"
    return page(
        request,
        "pages/account-link.html",
        headers={"Cache-Control": "no-store"},
        account=account,
        address=address,
        qr=Markup(segno.make(address, error="m").svg_inline(border=2, omitsize=True)),
        hours=LINK_HOURS,
    )


def _base(request: Request[Any, Any, Any]) -> str:
    """The address by which a phone reaches this server."""
    set_or_lan = request.app.state.settings.url or getattr(request.app.state, "secure_url", "")
    return set_or_lan or next(iter(own_origins(request)))


routes = [
    accounts_page,
    new_account_page,
    invite,
    account_of_page,
    change_account,
    act_on_account,
    end_device_of,
]

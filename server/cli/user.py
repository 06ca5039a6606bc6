"""`clausewalk user add | list | disable`."""

from __future__ import annotations

import getpass
import json
import secrets
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import get_args

from server.cli import CommandError
from server.cli.services import with_services
from server.criteria.model import Language
from server.people.accounts import AccountError
from server.people.principal import AccountRole
from server.web.services import Services


def add_parser(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    """Add `user` with its actions; each sets `run`."""
    user = subparsers.add_parser("user")
    actions = user.add_subparsers(dest="action", required=True, metavar="add | list | disable")
    adding = actions.add_parser(
        "add", help="make an account; the password is asked for, or else made and printed"
    )
    adding.add_argument("login", metavar="LOGIN", help="what they sign in with")
    adding.add_argument("--name", required=True, help="the person's name as it stands in reports")
    adding.add_argument("--role", required=True, choices=get_args(AccountRole))
    adding.add_argument("--language", choices=get_args(Language), default="zh", help="default: zh")
    adding.add_argument(
        "--password-stdin", action="store_true", help="read the password from the first line of stdin"
    )
    listing = actions.add_parser("list", help="all accounts")
    listing.add_argument("--json", action="store_true", help="as JSON, for programs")
    disabling = actions.add_parser("disable", help="stop an account and end its sessions")
    disabling.add_argument("login", metavar="LOGIN", help="as `clausewalk user list` shows it")
    user.set_defaults(run=run)


def run(args: Namespace) -> int:
    """Do what `args.action` says."""
    action = {"add": _add, "list": _list, "disable": _disable}[args.action]
    try:
        return action(args)
    except AccountError as error:
        raise CommandError(str(error)) from error


def _add(args: Namespace) -> int:
    password, is_made = _password(args.password_stdin)

    async def job(services: Services) -> None:
        await services.accounts.add(
            login=args.login, name=args.name, role=args.role, password=password, language=args.language
        )

    with_services(args.settings, job, create=True)
    if is_made:
        print(f"password: {password}")
    return 0


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made here: asked for on a terminal, an empty answer makes one."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    if sys.stdin.isatty():
        typed = getpass.getpass("password (empty: make one): ")
        if typed:
            return typed, False
    return secrets.token_urlsafe(12), True


def _list(args: Namespace) -> int:
    accounts = with_services(args.settings, lambda services: services.accounts.list())
    if args.json:
        shown = [
            {"id": a.id, "login": a.login, "name": a.name, "role": a.role, "disabled": a.disabled}
            for a in accounts
        ]
        print(json.dumps({"users": shown}, ensure_ascii=False, indent=2))
        return 0
    for account in accounts:
        state = "disabled" if account.disabled else "active"
        print(f"{account.login}\t{account.role}\t{state}\t{account.name}")
    return 0


def _disable(args: Namespace) -> int:
    with_services(args.settings, lambda services: services.accounts.disable(args.login))
    return 0

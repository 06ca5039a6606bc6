"""The command line: `clausewalk COMMAND …`. Each command is a module, imported only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from server.settings import Settings, SettingsError, load_settings

BAD_INPUT = 2
FAILURE = 1
_INTERRUPTED = 130
_DATA = "Every command takes --data DIR, or the setting CLAUSEWALK_DATA; default: ./data."

COMMANDS = {
    "serve": ("server.cli.serve", "serve the program"),
    "demo": ("server.demo.command", "load the sample audit, photos and accounts to try the program"),
    "audit": ("server.cli.audit", "import, export, verify, erase, list audits; their gaps"),
    "report": ("server.cli.report", "the report or the record sheets of an audit as a file"),
    "checklists": (
        "server.criteria.command",
        "standards, checklists, report forms and houses: list, check, compare, change",
    ),
    "suggest": ("server.criteria.suggest.command", "the clauses that a text speaks of"),
    "user": ("server.cli.user", "add, list and disable accounts"),
    "backup": (
        "server.cli.backup",
        "back everything up into a folder, while the server runs; again: only what is new",
    ),
    "restore": ("server.cli.restore", "make a new data folder, --data, from a backup, everything verified"),
    "rebuild": (
        "server.cli.rebuild",
        "make the lists of audits again from the journals, and copies of photos when next seen",
    ),
    "doctor": ("server.cli.doctor", "what is wrong with data, disk and installation, and how to mend it"),
}
"""Name → module with `add_parser(subparsers)`, which sets `run(args) -> exit code`; and what it does."""


class CommandError(Exception):
    """What a command can't do. The text is one line that says what to do."""

    def __init__(self, text: str, exit_code: int = BAD_INPUT) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code (2: bad input, 1: failure)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _parse(arguments)
        code: int = args.run(args)
        return code
    except CommandError as error:
        print(f"clausewalk: {error}", file=sys.stderr)
        return error.exit_code
    except SettingsError as error:
        print(f"clausewalk: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more may be written, not even at exit.
        sys.stdout = None
        return FAILURE
    except KeyboardInterrupt:
        return _INTERRUPTED


class _Commands(argparse._SubParsersAction):  # type: ignore[type-arg]
    """Commands whose own pages, too, say what they do."""

    def add_parser(self, name: str, **about: Any) -> argparse.ArgumentParser:
        """A command or, with its own `help`, one of a command's actions."""
        what = about.pop("help", "") or COMMANDS[name][1]
        made: argparse.ArgumentParser = super().add_parser(
            name, help=what, description=what, epilog=_DATA, **about
        )
        return made


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def __init__(self, **about: Any) -> None:
        super().__init__(**about)
        self.register("action", "parsers", _Commands)

    def error(self, message: str) -> NoReturn:
        raise CommandError(f"{message} (`{self.prog} --help` shows what there is)")


def _parse(arguments: list[str]) -> argparse.Namespace:
    """The command's arguments; `args.settings` are the settings, with `--data` from anywhere on the line."""
    common = _Parser(add_help=False, allow_abbrev=False, prog="clausewalk")
    common.add_argument("--data", type=Path)
    given, rest = common.parse_known_args(arguments)
    parser = _Parser(
        prog="clausewalk",
        description="Clausewalk 现场审核: `clausewalk COMMAND --help` says more of a command.",
        epilog=f"{_DATA} Errors go to stderr; exit code 2: bad input, 1: failure.",
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = next((word for word in rest if not word.startswith("-")), None)
    for name, (module, _) in COMMANDS.items():
        if name == wanted:
            import_module(module).add_parser(subparsers)
        else:
            subparsers.add_parser(name)
    args = parser.parse_args(rest)
    args.settings = _settings(given.data)
    return args


def _settings(data: Path | None) -> Settings:
    settings = load_settings()
    return settings if data is None else msgspec.structs.replace(settings, data=data.expanduser())

"""The command line as an operator meets it: answers on stdout, errors in one line on stderr, exit codes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from server.cli import COMMANDS
from tests.support.live import COMMAND, environment, live_server
from tests.support.world import AUDIT

ROOT = Path(__file__).parents[2]


def run(*arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `clausewalk` with these arguments."""
    return subprocess.run(
        [*COMMAND, *arguments],
        input=typed,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(**settings),
        check=False,
    )


@pytest.mark.parametrize("page", [*([one] for one in COMMANDS), ["audit", "gaps"], ["checklists", "export"]])
def test_a_commands_own_page_says_what_it_does_and_where_the_data_are(page: list[str]) -> None:
    above = run(*page[:-1], "--help", COLUMNS="200").stdout
    own = run(*page, "--help", COLUMNS="200").stdout
    what = own.split("\n\n")[1]
    assert re.search(rf"^    {page[-1]}\s+{re.escape(what)}$", above, re.MULTILINE), own
    assert "--data DIR" in own


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "clausewalk --help"),
        (["fly"], 2, "invalid choice: 'fly'"),
        (["user", "list", "--data", "{tmp}"], 2, "there is no data in"),
        (
            ["user", "add", "a", "--name", "A", "--role", "auditor", "--data", "{tmp}"],
            2,
            "a login has 2 to 64",
        ),
        (
            ["user", "add", "anna", "--name", "A", "--role", "king", "--data", "{tmp}"],
            2,
            "invalid choice: 'king'",
        ),
        (["audit", "verify", AUDIT, "--data", "{tmp}"], 2, "there is no data in"),
        (["serve", "--host", "192.0.2.1", "--data", "{tmp}"], 1, "can't listen at 192.0.2.1:8000"),
        (["serve", "--port", "99999", "--data", "{tmp}"], 1, "can't listen at"),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    done = run(*(argument.replace("{tmp}", str(tmp_path / "data")) for argument in arguments))
    assert done.returncode == code
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    done = run("user", "list", "--data", str(tmp_path), CLAUSEWALK_DATE="x")
    assert done.returncode == 2
    assert "CLAUSEWALK_DATE: no such setting" in done.stderr


def test_an_account_is_made_listed_and_stopped(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    made = run("user", "add", "Zhou", "--name", "周岚", "--role", "auditor", "--data", data)
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("password: ")
    typed = run(
        "user", "add", "he", "--name", "贺青棠", "--role", "office", "--password-stdin", "--data", data,
        typed="rain-on-steel\n",
    )  # fmt: skip
    assert typed.stdout == ""
    assert run("user", "disable", "ZHOU", "--data", data).returncode == 0
    listed = json.loads(run("--data", data, "user", "list", "--json").stdout)["users"]
    assert [(user["login"], user["role"], user["name"], user["disabled"]) for user in listed] == [
        ("he", "office", "贺青棠", False),
        ("zhou", "auditor", "周岚", True),
    ]
    assert run("user", "disable", "nobody", "--data", data).stderr.startswith(
        "clausewalk: there is no account"
    )


def test_the_audits_their_gaps_and_their_chain(data: Path) -> None:
    [audit] = json.loads(run("audit", "list", "--json", "--data", str(data)).stdout)["audits"]
    assert (audit["id"], audit["number"], audit["schemes"]) == (
        AUDIT,
        "QHHZ-2026-001",
        ["QMS", "EMS", "OHSMS"],
    )
    assert set(audit) == {"id", "number", "client", "schemes", "start", "end", "state"}
    gaps = json.loads(run("audit", "gaps", AUDIT, "--json", "--data", str(data)).stdout)["gaps"]
    assert {"code", "severity", "gate", "message", "where", "entries"} == set(gaps[0])
    leaving = json.loads(
        run("audit", "gaps", AUDIT, "--gate", "leave", "--json", "--data", str(data)).stdout
    )["gaps"]
    assert {gap["gate"] for gap in leaving} == {"leave"}
    assert len(leaving) < len(gaps)
    assert run("audit", "verify", AUDIT, "--data", str(data)).returncode == 0
    cut = run("audit", "verify", AUDIT, "--head", "0" * 64, "--data", str(data))
    assert cut.returncode == 1
    assert "cut_off" in cut.stdout
    unknown = run("audit", "verify", AUDIT.replace("1", "2"), "--data", str(data))
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "there is no audit" in unknown.stderr


def test_a_port_in_use_is_said_at_once(data: Path) -> None:
    with live_server(data) as running:
        port = running.url.rsplit(":", 1)[1]
        done = run("serve", "--port", port, "--data", str(data))
    assert done.returncode == 1
    assert f"can't listen at 127.0.0.1:{port}" in done.stderr


def test_a_stopped_server_ends_cleanly(data: Path) -> None:
    with live_server(data) as running:
        assert "http://127.0.0.1:" in running.url
        running.process.terminate()
        assert running.process.wait(20) == 0

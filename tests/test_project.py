"""The project's own files keep their promises: bound to no machine, all pinned, one wheel that is whole."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from scripts import vendor
from server.settings import Settings, libraries

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
# Written in halves so that this file doesn't hold them.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "yarn" + "pkg.com",
    "deb.debian" + ".org",
)
MACHINE = ("/" + "work/", "/" + "root/", "/" + "home/")


def tracked(*patterns: str) -> list[Path]:
    """Files in git under the patterns, all by default."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, str]:
    """Each requirement of a lock, by package: the whole text with its hashes."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / lock).read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {re.split(r"[=\s]", line)[0]: line for line in lines}


def pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def direct_dependencies() -> list[str]:
    """Names of the packages that the program needs to run, extras included."""
    project = pyproject()["project"]
    assert isinstance(project, dict)
    wanted = project["dependencies"] + [
        name for extra in project["optional-dependencies"].values() for name in extra
    ]
    return [re.split(r"[<>=;\s]", requirement)[0] for requirement in wanted]


def test_no_file_names_a_registry_or_a_place_on_one_machine() -> None:
    found = []
    for file in tracked():
        text = file.read_bytes().decode("utf-8", errors="replace")
        found += [f"{file.relative_to(ROOT)}: {word}" for word in REGISTRIES + MACHINE if word in text]
    assert not found


@pytest.mark.parametrize("lock", LOCKS)
def test_python_locks_pin_everything_with_hashes_and_name_no_host(lock: str) -> None:
    requirements = pins(lock)
    assert requirements
    for name, text in requirements.items():
        assert re.match(rf"{re.escape(name)}==\S+ ", text), text
        assert "--hash=sha256:" in text, text
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_what_is_tested_is_what_runs() -> None:
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run
    assert set(direct_dependencies()) <= set(run)


def test_npm_lock_pins_everything_with_hashes_and_names_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, package in packages.items():
        if name:
            assert package.get("integrity", "").startswith("sha512-"), name
            assert "resolved" not in package, name


def test_browser_libraries_are_the_ones_reviewed() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert {library.package: library.version for library in libraries().values()} == wanted
    assert vendor.complete(), "run `make setup`"


def test_a_changed_browser_library_is_refused(tmp_path: Path) -> None:
    changed = tmp_path / "htmx.min.js"
    changed.write_bytes((vendor.STATIC / "vendor" / "htmx.min.js").read_bytes() + b"\n")
    with pytest.raises(SystemExit, match="not the file that was reviewed"):
        vendor.take(changed, vendor.manifest()["htmx"], tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["htmx.min.js"]


def test_each_direct_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = [line for line in reasons.splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"[a-z][a-z0-9-]+", row.split("|")[1])}
    assert set(direct_dependencies()) <= named


def test_each_setting_is_documented() -> None:
    text = "".join(file.read_text("utf-8") for file in [*tracked("docs/*.md"), ROOT / "README.md"])
    missing = [name for name in Settings.__struct_fields__ if f"`CLAUSEWALK_{name.upper()}`" not in text]
    assert not missing


@pytest.mark.slow
def test_the_linters_find_nothing() -> None:
    answer = subprocess.run([ROOT / "scripts" / "lint.sh"], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            folder,
            ROOT,
        ],
        check=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_the_program_and_all_its_data(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = [file.relative_to(ROOT).as_posix() for file in tracked("checklists", "templates", "static")]
    assert {f"server/_data/{name}" for name in data if not name.endswith(".d.ts")} <= inside
    assert {f"server/_data/static/{library.file}" for library in libraries().values()} <= inside
    assert {file.relative_to(ROOT).as_posix() for file in tracked("server")} <= inside


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    place, empty = tmp_path / "venv", tmp_path / "empty"
    empty.mkdir()
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    # What the program needs is found where the tests run; the checkout isn't: no .pth there is followed.
    libs = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    Path(libs, "needed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)

    environ = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def say(*command: str | Path) -> str:
        return subprocess.run(
            command, cwd=empty, env=environ, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert "clausewalk" in say(place / "bin" / "clausewalk", "--help")
    where = say(python, "-c", "from server.settings import data_root; print(data_root('static'))")
    assert Path(where).is_relative_to(place)
    assert Path(where, "vendor", "htmx.min.js").is_file()
    assert not list(empty.iterdir())

    program = place / "bin" / "clausewalk"
    sample = say(python, "-c", "import server.demo as demo; print(demo.__path__[0] + '/sample-audit.json')")
    audit = say(program, "audit", "import", sample).splitlines()[-1]
    say(program, "report", audit, "-o", "report.pdf")
    assert (empty / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert "<title>" in served_page(program, empty, environ)


def served_page(program: Path, folder: Path, environ: dict[str, str]) -> str:
    """The sign-in page of `clausewalk serve` in a folder."""
    command = [str(program), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            printed = iter(process.stdout.readline, "")
            address = next(found[0] for line in printed if (found := re.search(r"http://\S+", line)))
            assert any("ready" in line for line in printed)
            return httpx.get(f"{address}/sign-in").text
        finally:
            process.terminate()


def test_every_form_says_how_it_is_sent() -> None:
    """What a form without a method holds would stand in an address, should its script be late."""
    forms = [
        (page.name, form)
        for page in tracked("templates/*.html")
        for form in re.findall(r"<form\b[^\n]*", page.read_text("utf-8"))
    ]
    assert len(forms) > 80
    assert [page for page, form in forms if " method=" not in form.partition("<button")[0]] == []

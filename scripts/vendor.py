"""Fetch the browser libraries that `static/vendor.json` names into `static/vendor/`, through npm.

Used by `make setup` and by the build of the wheel. Needs the standard library alone: it runs before anything
is installed. Does nothing when the right bytes are there.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
OLDEST_NODE = (20, 19)  # eslint asks for it; npm for less


def manifest() -> dict[str, dict[str, str]]:
    """The libraries by name; see `Library` in server/settings.py."""
    found: dict[str, dict[str, str]] = json.loads((STATIC / "vendor.json").read_text("utf-8"))
    return found


def integrity(path: Path) -> str:
    """SHA-384 of a file as HTML's `integrity` attribute writes it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def complete() -> bool:
    """Whether every library is there with the bytes that the manifest names."""
    return all(
        (STATIC / library["file"]).is_file() and integrity(STATIC / library["file"]) == library["integrity"]
        for library in manifest().values()
    )


def search_path() -> str:
    """PATH with the programs of `.venv` last: there is where set-up puts Node on a machine without one."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), str(ROOT / ".venv" / "bin")])


def npm() -> str | None:
    """The npm of a Node that is new enough, or None."""
    for folder in search_path().split(os.pathsep):
        node, found = shutil.which("node", path=folder), shutil.which("npm", path=folder)
        if node and found and _version(node) >= OLDEST_NODE:
            return found
    return None


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = answer.strip().removeprefix("v").split(".")
    return tuple(int(part) for part in parts if part.isdigit())


def fetch() -> None:
    """Install the pinned packages in a temporary folder and copy the files; a mismatch ends the program."""
    program = npm()
    if program is None:
        sys.exit(
            "The browser libraries are not there yet and there is no Node.js to fetch them: run `make setup`."
        )
    with tempfile.TemporaryDirectory(prefix="clausewalk-vendor-") as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, folder)
        environ = {**os.environ, "PATH": os.pathsep.join([str(Path(program).parent), search_path()])}
        subprocess.run([program, "ci", "--omit=dev", "--loglevel=error"], cwd=folder, env=environ, check=True)
        for library in manifest().values():
            package = Path(folder, "node_modules", library["package"])
            take(package / library["path"], library)
            target = STATIC / library["file"]
            shutil.copyfile(package / "LICENSE", target.with_suffix(".LICENSE"))
            # Through this the type checker finds the library's types beside the file that pages import.
            target.with_suffix(".d.ts").write_text(f'export * from "{library["package"]}";\n', "utf-8")


def take(source: Path, library: dict[str, str], static: Path = STATIC) -> None:
    """Copy a file of a package to where pages expect it, if it is the file that was reviewed."""
    found = integrity(source)
    if found != library["integrity"]:
        sys.exit(
            f"{library['package']} {library['version']}: {library['path']} is not the file that was reviewed "
            f"({found}, expected {library['integrity']}). Nothing was installed from it."
        )
    target = static / library["file"]
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    if "--npm" in sys.argv:
        sys.exit(0 if npm() else 1)
    if not complete():
        fetch()

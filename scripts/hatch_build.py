"""Build hook of the wheel: ships checklists, templates and static files inside the package."""

import runpy
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = ("checklists", "templates", "static")


class ShipData(BuildHookInterface):  # type: ignore[type-arg]
    """Maps each data file to `server/_data/`, after fetching the browser libraries if they are missing."""

    def dependencies(self) -> list[str]:
        """Node.js for an isolated build that has to fetch the browser libraries on a machine without it."""
        vendor = self._vendor()
        if vendor["complete"]() or vendor["npm"]():
            return []
        project = tomllib.loads(Path(self.root, "pyproject.toml").read_text("utf-8"))
        node: list[str] = project["dependency-groups"]["node"]
        return node

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Collect the files; an editable install works from the checkout, where the folders are."""
        if version == "editable":
            return
        vendor = self._vendor()
        if not vendor["complete"]():
            vendor["fetch"]()
        root = Path(self.root)
        for folder in SHIPPED:
            for file in sorted((root / folder).rglob("*")):
                if file.is_file() and not file.name.endswith(".d.ts"):
                    target = Path("server", "_data", file.relative_to(root))
                    build_data["force_include"][str(file)] = target.as_posix()

    def _vendor(self) -> dict[str, Any]:
        return runpy.run_path(str(Path(self.root, "scripts", "vendor.py")))

"""Node.js, which checks scripts and drives Lighthouse."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

VENV = Path(__file__).parents[2] / ".venv" / "bin"


def node() -> str:
    """The program: this machine's, else the one that set-up put into `.venv`."""
    found = shutil.which("node", path=os.pathsep.join([os.environ.get("PATH", os.defpath), str(VENV)]))
    assert found, "make test-setup brings Node.js"
    return found

"""The set-up where there is no network: what was brought along in `wheels/` is all that is looked at."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT


def test_with_a_folder_of_libraries_nothing_else_is_asked_and_what_misses_is_said(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / "wheels").mkdir()
    # Whatever index this machine knows holds every library of the lock; only the empty folder is looked at.
    nowhere = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_FIND", "UV_FIND"))}
    done = subprocess.run(
        ["sh", "scripts/setup.sh"],
        cwd=tmp_path,
        env=nowhere | {"PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No matching distribution found for uv" in done.stderr
    assert 'docs/operations.md, "Without a network"' in done.stderr.splitlines()[-1]

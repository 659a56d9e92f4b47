"""`scripts/audit.sh` tells by its exit code whether the lock was compared with a database at all."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FAULT = {"name": "jinja2", "version": "2.10", "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"]}]}
SOUND = {"name": "jinja2", "version": "3.1.6", "vulns": []}


@pytest.mark.parametrize(
    ("known", "lock", "code", "said"),
    [
        pytest.param(SOUND | {"version": "2.10"}, SOUND, 2, "NOT COMPARED", id="a mirror that knows of no fault"),
        pytest.param(None, None, 2, "NOT COMPARED", id="no network"),
        pytest.param(FAULT, SOUND, 0, "0 known faults.", id="nothing found"),
        pytest.param(FAULT, FAULT, 1, "jinja2 2.10: PYSEC-2019-217, mended in 2.10.1", id="something found"),
    ],
)
def test_a_script_can_tell_no_fault_from_no_database(
    tmp_path: Path, known: object, lock: object, code: int, said: str
) -> None:
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    for name, found in (("known", known), ("requirements.lock", lock)):
        if found is not None:
            (tmp_path / f"{name}.json").write_text(json.dumps({"dependencies": [found]}, separators=(", ", ": ")))
    # Stands in for pip-audit: it answers for each file that it is asked of what the test says.
    auditor = programs / "uv"
    auditor.write_text(
        '#!/bin/sh\necho "No known vulnerabilities found" >&2\nfor each; do\n'
        '  [ "$before" = --requirement ] && asked=$(basename "$each")\n'
        '  [ "$before" = --output ] && report=$each\n  before=$each\ndone\ncp "$asked.json" "$report"\n'
    )
    auditor.chmod(0o755)
    done = subprocess.run(
        ["sh", str(ROOT / "scripts" / "audit.sh")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "No known vulnerabilities" not in done.stderr

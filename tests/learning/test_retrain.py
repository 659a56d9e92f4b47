"""The whole way with the real product: examples imported, a challenger trained and compared, promoted, taken back."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import ROOT, archive, environment, make_project

__all__ = ["archive"]
EXAMPLES = """nlu:
- intent: ask_price
  metadata: {language: fr}
  examples: |
    - faut sortir combien pour le passeport du petit
    - je vais devoir payer quoi au juste
"""


@pytest.mark.slow
def test_a_challenger_is_trained_compared_promoted_and_taken_back(archive: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    make_project(project)
    (project / "tests").symlink_to(ROOT / "tests")
    (project / "models").mkdir()
    for path in (archive, archive.with_name(archive.name.replace(".tar.gz", ".card.json"))):
        shutil.copy(path, project / "models")
    (project / "some.yml").write_text(EXAMPLES)

    def guichet(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=project,
            env=environment(data_dir=project / "var"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    guichet("examples", "import", "some.yml")
    run = json.loads(guichet("retrain", "--json"))
    assert run["state"] == "evaluated", run["error"]
    assert run["verdict"] == "passed", run["reasons"]
    assert run["report"]["learned"] == 2
    guichet("models", "promote", run["challenger"])
    assert json.loads(guichet("retrain", "--json"))["state"] == "unchanged"
    card = json.loads(guichet("models", "show", run["challenger"]))
    assert card["metrics"]["accuracy"] > 0.9
    assert len(card["changed"]) == 2
    guichet("models", "rollback")
    lines = [json.loads(line) for line in guichet("models", "list", "--json").splitlines()]
    assert [each["id"] for each in lines if each["in_service"]] == [archive.name]

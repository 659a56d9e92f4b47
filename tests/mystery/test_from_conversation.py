"""A conversation of the log becomes a file that the runner reads and plays, with nothing personal in it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mystery.grid import failures
from tests.mystery.hall import Hall
from tests.mystery.runner import play
from tests.mystery.test_mystery import hall  # noqa: F401 - the fixture
from tests.mystery.visit import VISITS, Visit, read
from tests.service import ROOT, Service, environment

Written = tuple[Visit, str]


def _written(service: Service, folder: Path) -> Written:
    """The file of the last conversation, as the command writes it."""
    [last] = service.rows("SELECT conversation_id FROM turns ORDER BY id DESC LIMIT 1")
    path = folder / "finding-out" / "from-the-log.yml"
    path.parent.mkdir()
    command = [sys.executable, "-m", "bot", "visit", last["conversation_id"], "--output", str(path)]
    subprocess.run(command, cwd=ROOT, env=environment(data_dir=service.data_dir), check=True, timeout=120)
    return read(path), path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["finding-out/lost-identity-card-price", "filing/birth-certificate-own"])
async def test_a_conversation_is_played_again(hall: Hall, tmp_path: Path, name: str) -> None:  # noqa: F811
    original = read(VISITS / f"{name}.yml")
    assert failures(await play(original, hall)) == []
    visit, text = _written(hall.service, tmp_path)
    assert [words for words in original.personal if words in text] == []
    said = [step.say for step in original.steps if step.say]
    assert [step.say for step in visit.steps if step.say] == said
    told = [step.expect.facets for step in visit.steps if step.expect.service]
    assert told or visit.ends.requests, "it checks something"
    record = await play(visit, hall)
    shown = "\n".join(f"> {each.said}\n{each.reply.text}" for each in record.exchanges)
    assert failures(record) == [], f"{record.stuck}\n{text}\n{shown}"

"""While a service is being upgraded, processes of two versions work together on tables of the new one.

The version before is the last release, or as long as there is none, the code before the tables were last changed: what
an upgrade puts at risk. It is taken from the repository's own history.
"""

import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from tests.citizen import Citizen
from tests.conftest import ROOT
from tests.journeys.player import file_request
from tests.service import PROJECT, train

from .town import TOKEN, Town

pytestmark = pytest.mark.slow
TABLES = "bot/migrations/versions"
GENEROUS = {"messages_a_minute": 100_000, "conversations_an_hour": 100_000}


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was in the version before, with a model of its own."""
    try:
        released = _git("tag", "--merged", "HEAD", "--sort=-version:refname", "v*").decode().split()
        changed = _git("log", "-1", "--diff-filter=A", "--format=%H", "--", TABLES).decode().strip()
        commit = released[0] if released else f"{changed}^"
        packed = _git("archive", commit, *PROJECT)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the version before cannot be taken from git: {error}")
    folder = tmp_path_factory.mktemp("before") / "project"
    with tarfile.open(fileobj=BytesIO(packed)) as files:
        files.extractall(folder, filter="data")
    # An engine needs a model of its own version: a later one may call actions that it does not have.
    train(folder)
    assert not (folder / TABLES).samefile(ROOT / TABLES)
    return folder


@pytest.fixture(params=["engine", "gateway"])
def mixed(
    request: pytest.FixtureRequest, tmp_path: Path, archive: Path, before: Path, postgresql_url: str
) -> Iterator[Town]:
    """A gateway and an engine, one of them of the version before."""
    homes = {request.param: before}
    town = Town(tmp_path / "project", archive, postgresql_url, gateways=1, engines=1, homes=homes, **GENEROUS)
    try:
        town.start()
        yield town
    finally:
        town.stop()


async def test_citizens_are_answered_and_file_requests_while_one_part_is_of_the_version_before(mixed: Town) -> None:
    async with aiohttp.ClientSession(mixed.gateways[0].url) as session:
        citizen = await Citizen.arrive(session)
        await citizen.say("combien coûte un passeport pour un adulte ?")
        assert "86" in citizen.said
        filed = await file_request(citizen, "Signaler", "Confirmer")
        await citizen.say("où en est ma demande ?")
        assert citizen.request["reference"] == filed["reference"]
        assert [each["author"] for each in await citizen.copy()].count("citizen") >= citizen.answers - 1
    for process in mixed.processes:
        assert "Traceback" not in process.log()


async def test_what_a_part_of_another_version_adds_is_passed_over(mixed: Town) -> None:
    async with aiohttp.ClientSession(mixed.gateways[0].url) as session:
        citizen = await Citizen.arrive(session)
    body = {"conversation_id": citizen.id, "message_id": str(uuid4()), "text": "bonjour", "not_yet_known": {"a": 1}}
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Not-Yet-Known": "1"}
    async with (
        aiohttp.ClientSession(mixed.engines[0].url, headers=headers) as session,
        session.post("/answer", json=body) as response,
    ):
        assert response.status == 200
        assert (await response.json())["messages"]

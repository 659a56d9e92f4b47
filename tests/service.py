"""A running service, as `guichet up` starts it.

The service is a real process with its own folder, database and port, started once for the whole run of tests. The
folders of tests that need it register this module as a plugin (see their conftest.py), so that they share the one.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
from psycopg.rows import dict_row

from bot.learning.models import current_model, is_usable
from tests.citizen import Citizen

ROOT = Path(__file__).parents[1]
PROJECT = ("actions", "bot", "data", "config.yml", "credentials.yml", "domain.yml", "endpoints.yml")
LEARNT_FROM = ("data", "domain.yml", "config.yml")
ALLOWED_ORIGIN = "https://www.ville.example"
READY_WITHIN = 240
"""Seconds: a busy machine takes its time to load a model."""


class Service:
    """`guichet up` in a folder of its own.

    Args:
        folder: where it works; it is made and filled.
        archive: the model to serve.
        settings: `GUICHET_` settings, without the prefix.

    Attributes:
        database_url: address of its database; empty for SQLite in its own folder.
    """

    def __init__(self, folder: Path, archive: Path, **settings: Any) -> None:
        make_project(folder)
        self.models = folder / "models"
        self.models.mkdir()
        card = archive.name.removesuffix(".tar.gz") + ".card.json"
        for name in (archive.name, card, "spacy"):
            (self.models / name).symlink_to(archive.with_name(name))
        self.folder = folder
        self.data_dir = folder / "var"
        self.log_path = folder / "service.log"
        self.database_url: str = settings.get("database_url", "")
        self._environment = environment(data_dir=self.data_dir, **settings)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "up", "--port", "0"],
                cwd=self.folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        wait_for(lambda: "Guichet is ready" in self.log() or self._process.poll() is not None, READY_WITHIN)
        found = re.search(r"Page\s+(http://\S+?)/?\s", self.log())
        assert found, f"the service did not start:\n{self.log()[-3000:]}"
        self.url = found[1]

    def stop(self, with_signal: int = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does, and return its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(with_signal)
        try:
            return self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def restart(self) -> None:
        """Stop it and start it again, at another port."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        """The process of the supervisor."""
        assert self._process is not None
        return self._process.pid

    def parts(self) -> dict[str, int]:
        """Return the processes that the supervisor runs, by name (`engine`, `gateway`; `engine 2` beside another)."""
        found: dict[str, int] = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_text().rstrip("\0").split("\0")
                if parent == self.pid and command[1:3] == ["-m", "bot"]:
                    same = sum(name.startswith(command[3]) for name in found)
                    found[f"{command[3]} {same + 1}" if same else command[3]] = int(entry.name)
        return found

    def engine(self) -> tuple[str, str]:
        """Return the address of the engine and the secret that it shares with the gateway."""
        entries = Path(f"/proc/{self.parts()['engine']}/environ").read_text().split("\0")
        environment = dict(entry.split("=", 1) for entry in entries if "=" in entry)
        return environment["GUICHET_ENGINE_URL"], environment["GUICHET_ENGINE_TOKEN"]

    def log(self) -> str:
        """Return all that the service wrote on its standard output and error."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the database itself, read only; SQLite gives columns of JSON as text."""
        if self.database_url:
            address = self.database_url.replace("+psycopg", "")
            with psycopg.connect(
                address, row_factory=dict_row, options="-c default_transaction_read_only=on"
            ) as server:
                return server.execute(query.replace("?", "%s"), values).fetchall()
        connection = sqlite3.connect(f"file:{self.data_dir / 'guichet.db'}?mode=ro", uri=True, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query, values)]
        finally:
            connection.close()


def wait_for(condition: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until a condition holds and return what it returned."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)
    return result


def environment(**settings: Any) -> dict[str, str]:
    """Return the environment of a process of the service: the given settings, and limits that no test reaches."""
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    # All citizens of a run come from one address, and the machine may be slow.
    settings = {"address_messages_a_minute": 1_000_000, "busy_milliseconds": 0} | settings
    if "data_dir" in settings:
        # The default lies in the checkout, whose own accepted examples are no business of a test.
        settings = {"learned_file": Path(settings["data_dir"]) / "learned.yml"} | settings
    own = {f"GUICHET_{name.upper()}": str(value) for name, value in settings.items()}
    return foreign | {"PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"} | own


def make_project(folder: Path) -> None:
    """Make a folder that looks like a checkout of the project, so that nothing is written to the real one."""
    folder.mkdir(parents=True)
    for name in PROJECT:
        (folder / name).symlink_to(ROOT / name)


def _changed(path: Path) -> float:
    files = [path] if path.is_file() else list(path.rglob("*.yml"))
    return max(each.stat().st_mtime for each in files)


def train(project: Path) -> None:
    """Train the model of a project, with its own code, as `make train` does."""
    trained = subprocess.run(
        [sys.executable, "-m", "bot", "train"],
        cwd=project,
        env=environment(data_dir=project / "var"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr[-3000:]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's model when it was trained with the present code and data, else one that is trained here.

    GUICHET_TEST_MODELS names another folder to take it from.
    """
    folder = Path(os.environ.get("GUICHET_TEST_MODELS", ROOT / "models")).resolve()
    if is_usable(folder) and current_model(folder).stat().st_mtime > max(_changed(ROOT / name) for name in LEARNT_FROM):
        return current_model(folder)
    project = tmp_path_factory.mktemp("training") / "project"
    make_project(project)
    train(project)
    return current_model(project / "models")


@pytest.fixture(scope="session")
def new_service(tmp_path_factory: pytest.TempPathFactory, archive: Path) -> Callable[..., Any]:
    """Start a service of one's own: a context manager that takes settings."""

    @contextmanager
    def run(**settings: Any) -> Iterator[Service]:
        service = Service(tmp_path_factory.mktemp("service") / "project", archive, **settings)
        try:
            service.start()
            yield service
        finally:
            service.stop()

    return run


@pytest.fixture(scope="session")
def service(new_service: Callable[..., Any]) -> Iterator[Service]:
    """The service that the tests share, with limits that none of them reaches."""
    generous = {"messages_a_minute": 100_000, "conversations_an_hour": 100_000, "codes_an_hour": 100_000}
    with new_service(**generous, allowed_origins=ALLOWED_ORIGIN, webhook_hosts="127.0.0.1") as running:
        yield running


@pytest.fixture
async def session(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client of the shared service."""
    timeout = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(base_url=service.url, timeout=timeout) as client:
        yield client


@pytest.fixture
async def citizen(session: aiohttp.ClientSession) -> Citizen:
    """A citizen who has just opened a conversation in French."""
    return await Citizen.arrive(session)

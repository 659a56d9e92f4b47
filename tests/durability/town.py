"""Several machines of one town hall on one PostgreSQL: gateways and engines as real processes, each killed at will."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet
from psycopg.rows import dict_row

from bot.supervisor import free_ports
from tests.service import environment, make_project, wait_for

TOKEN = "entre-nous"
READY_WITHIN = 180
"""Seconds: three engines load their models at once, on a busy machine."""


class Process:
    """A gateway or an engine.

    Args:
        kind: `gateway` or `engine`.
        url: where it listens.
        folder: where it is started.
        own_environment: its settings.
    """

    def __init__(self, kind: str, url: str, folder: Path, own_environment: dict[str, str]) -> None:
        self.kind = kind
        self.url = url
        self._folder = folder
        self._environment = own_environment
        self._log = folder / f"{kind}-{url.rpartition(':')[2]}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting for it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", self.kind],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """Kill it, as the system does when memory is short or a machine loses its power."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and kill it when it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def is_ready(self) -> bool:
        """Return whether it can do its work; fail when it ended by itself."""
        assert self._process is not None
        assert self._process.poll() is None, self.log()[-3000:]
        path, headers = ("/health", {}) if self.kind == "gateway" else ("/ready", {"Authorization": f"Bearer {TOKEN}"})
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def log(self) -> str:
        """Return what it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")


class Town:
    """Gateways and engines, each on a machine of its own: they share a database, a key, models, and nothing else.

    Args:
        folder: where everything lies.
        archive: the model to serve.
        database_url: an SQLAlchemy address of a PostgreSQL database with the tables.
        gateways: how many.
        engines: how many.
        homes: the project from whose code, and with whose models, a kind of process runs when it is not this one.
        settings: further settings of all.
    """

    def __init__(
        self,
        folder: Path,
        archive: Path,
        database_url: str,
        *,
        gateways: int,
        engines: int,
        homes: Mapping[str, Path] | None = None,
        **settings: Any,
    ) -> None:
        homes = homes or {}
        make_project(folder)
        models = folder / "models"
        models.mkdir()
        for name in (archive.name, archive.name.removesuffix(".tar.gz") + ".card.json", "spacy"):
            (models / name).symlink_to(archive.with_name(name))
        self.database_url = database_url
        urls = [f"http://127.0.0.1:{port}" for port in free_ports("127.0.0.1", gateways + engines)]
        common = {"database_url": database_url, "secret_key": Fernet.generate_key().decode(), "engine_token": TOKEN}

        def machine(kind: str, url: str, **own: Any) -> Process:
            data_dir, home = folder / f"machine-{url.rpartition(':')[2]}", homes.get(kind, folder)
            own |= {"data_dir": data_dir, "models_dir": home / "models"}
            return Process(kind, url, home, environment(**common, **settings, **own))

        known = " ".join(urls[gateways:])
        self.engines = [machine("engine", url, engine_url=url) for url in urls[gateways:]]
        self.gateways = [machine("gateway", url, engine_url=known, port=url.split(":")[2]) for url in urls[:gateways]]

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        for process in self.processes:
            process.start()
        for process in self.processes:
            wait_for(process.is_ready, READY_WITHIN)

    def stop(self) -> None:
        """End everything."""
        for process in reversed(self.processes):
            process.stop()

    @property
    def processes(self) -> list[Process]:
        """Everything that runs."""
        return [*self.engines, *self.gateways]

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Ask the database itself, read only."""
        address = self.database_url.replace("+psycopg", "")
        with psycopg.connect(address, row_factory=dict_row, options="-c default_transaction_read_only=on") as server:
            return server.execute(query, values).fetchall()

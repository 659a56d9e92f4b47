"""`python -m bot up` when it cannot run: one clear line, exit 1, and nothing left running."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import Misconfigured
from bot.supervisor import check_port, free_port, free_ports
from tests.conftest import ROOT


def _up(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return _run(data_dir, "up", *arguments, **variables)


def _run(data_dir: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with its data in a folder of the test's own, so that it touches no other service."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}
    environment |= {"GUICHET_DATA_DIR": str(data_dir), "GUICHET_PORT": "0", **variables}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )


def _assert_one_line(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("guichet: ")
    assert [word for word in words if word not in lines[0]] == []
    assert done.stdout == ""


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _up(tmp_path, "--port", str(port))
    _assert_one_line(done, str(port), "GUICHET_PORT")
    assert list(tmp_path.iterdir()) == []  # nothing was begun


@pytest.mark.parametrize("port", ["80x", "70000"])
def test_a_port_that_is_none_is_one_clear_line(tmp_path: Path, port: str) -> None:
    _assert_one_line(_up(tmp_path, GUICHET_PORT=port), "GUICHET_PORT", port)


def test_an_address_that_is_not_of_this_machine_is_one_clear_line(tmp_path: Path) -> None:
    _assert_one_line(_up(tmp_path, "--host", "203.0.113.7"), "203.0.113.7")


def test_a_broken_catalogue_is_one_clear_line_with_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "services", tmp_path / "data" / "services")
    shutil.copy(ROOT / "data" / "administrations.yml", tmp_path / "data")
    passport = tmp_path / "data" / "services" / "passport.yml"
    lines = passport.read_text(encoding="utf-8").splitlines()
    passport.write_text("\n".join([lines[0], "them: papers", *lines[2:]]), encoding="utf-8")
    done = _up(tmp_path / "var", GUICHET_CATALOGUE_DIR=str(tmp_path / "data"))
    _assert_one_line(done, "passport.yml:2", "them")


def test_a_catalogue_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    done = _up(tmp_path / "var", GUICHET_CATALOGUE_DIR=str(tmp_path / "nothing"))
    _assert_one_line(done, "administrations.yml")


def test_a_database_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    done = _up(tmp_path, "--database-url", "postgresql://postgres@127.0.0.1:9/guichet")
    _assert_one_line(done, "database")


def test_a_key_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    done = _up(tmp_path, GUICHET_SECRET_KEY="motdepasse")
    _assert_one_line(done, "key")
    assert "motdepasse" not in done.stderr


def test_a_key_file_that_others_may_read_is_one_clear_line(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("x" * 44)
    key.chmod(0o644)
    _assert_one_line(_up(tmp_path), "chmod 600", str(key))


@pytest.mark.parametrize(
    ("part", "address", "token", "words"),
    [
        ("engine", "http://127.0.0.1:1 http://127.0.0.1:2", "x", ("GUICHET_ENGINE_URL", "its own")),
        ("engine", "10.0.0.5:8081", "x", ("GUICHET_ENGINE_URL", "10.0.0.5:8081")),
        ("gateway", "http://127.0.0.1:1 engine", "x", ("GUICHET_ENGINE_URL", "'engine'")),
        ("engine", "http://127.0.0.1:1", "", ("GUICHET_ENGINE_TOKEN",)),
    ],
)
def test_a_part_that_is_started_alone_says_what_it_misses(
    tmp_path: Path, part: str, address: str, token: str, words: tuple[str, ...]
) -> None:
    done = _run(tmp_path, part, GUICHET_ENGINE_URL=address, GUICHET_ENGINE_TOKEN=token)
    _assert_one_line(done, *words)


def test_free_ports_are_as_many_as_were_asked_for() -> None:
    assert len(set(free_ports("127.0.0.1", 5))) == 5


def test_a_free_port_can_be_listened_on() -> None:
    port = free_port("127.0.0.1")
    check_port("127.0.0.1", port)
    assert 1024 <= port <= 65535


def test_a_port_that_somebody_listens_on_is_refused_with_its_number() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=str(port)):
            check_port("127.0.0.1", port)

"""The file of the spool: encrypted, bounded, shared by processes, and whole after a crash."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.conversations.spool import Spool
from bot.errors import Unavailable
from bot.privacy.encryption import Cipher
from tests.conftest import ROOT

MB = 2**20


@pytest.fixture
def spool(tmp_path: Path, cipher: Cipher) -> Spool:
    return Spool(tmp_path / "spool", cipher, MB)


def _entries(spool: Spool) -> list[object]:
    lines, _ = spool.read(0)
    return [spool.entry(line) for line in lines if not line.startswith(b"#")]


def test_entries_come_back_in_their_order_and_by_conversation(spool: Spool) -> None:
    for number in range(6):
        spool.append(f"c{number % 2}", {"n": number})
    assert _entries(spool) == [{"n": number} for number in range(6)]
    assert spool.of("c1") == [{"n": 1}, {"n": 3}, {"n": 5}]
    assert spool.of("c2") == []


def test_nothing_can_be_read_by_others_nor_in_clear(spool: Spool, tmp_path: Path) -> None:
    spool.append("c1", {"text": "né à Lyon"})
    path = tmp_path / "spool" / "waiting"
    assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "spool").stat().st_mode & 0o077 == 0
    assert b"Lyon" not in path.read_bytes()


def test_another_process_sees_what_was_added_and_that_it_is_gone(spool: Spool, tmp_path: Path, cipher: Cipher) -> None:
    other = Spool(tmp_path / "spool", cipher, MB)
    spool.append("c1", {"n": 1})
    assert other.of("c1") == [{"n": 1}]
    spool.append("c1", {"n": 2})
    assert other.of("c1") == [{"n": 1}, {"n": 2}]
    assert spool.empty(spool.size)
    assert (other.size, other.of("c1")) == (0, [])
    spool.append("c2", {"n": 3})
    spool.append("c1", {"n": 4})
    assert (other.of("c1"), other.of("c2")) == ([{"n": 4}], [{"n": 3}])


def test_a_file_that_was_emptied_and_filled_again_is_read_from_its_beginning(
    spool: Spool, tmp_path: Path, cipher: Cipher
) -> None:
    other = Spool(tmp_path / "spool", cipher, MB)
    for number in range(3):
        spool.append("c1", {"n": number})
    assert len(other.of("c1")) == 3
    assert spool.empty(spool.size)
    for number in range(10, 14):
        spool.append("c1", {"n": number})
    assert other.of("c1") == [{"n": number} for number in range(10, 14)]


@pytest.mark.parametrize("lost", [1, 20, 100])
def test_a_half_written_end_is_tolerated_and_cut_off(spool: Spool, tmp_path: Path, cipher: Cipher, lost: int) -> None:
    for number in range(3):
        spool.append("c1", {"n": number})
    path = tmp_path / "spool" / "waiting"
    os.truncate(path, path.stat().st_size - lost)
    after = Spool(tmp_path / "spool", cipher, MB)
    assert after.of("c1") == [{"n": 0}, {"n": 1}]
    after.append("c1", {"n": 3})
    assert _entries(after) == [{"n": 0}, {"n": 1}, {"n": 3}]
    assert after.of("c1") == [{"n": 0}, {"n": 1}, {"n": 3}]


def test_a_file_of_which_only_half_a_line_is_left_is_empty(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool" / "waiting").write_bytes(b"c1 gAAAA")
    assert _entries(spool) == []
    assert spool.empty(0)
    assert spool.size == 0


def test_it_is_not_emptied_when_something_was_added_meanwhile(spool: Spool) -> None:
    spool.append("c1", {"n": 1})
    read = spool.size
    spool.append("c1", {"n": 2})
    assert not spool.empty(read)
    assert spool.of("c1") == [{"n": 1}, {"n": 2}]


def test_beyond_its_limit_it_takes_nothing_and_keeps_what_it_has(tmp_path: Path, cipher: Cipher) -> None:
    spool = Spool(tmp_path / "spool", cipher, 1000)
    for number in range(3):
        spool.append("c1", {"n": number})
    with pytest.raises(Unavailable) as caught:
        spool.append("c1", {"text": "x" * 900})
    assert caught.value.code == "spool-full"
    assert spool.size <= 1000
    assert spool.of("c1") == [{"n": number} for number in range(3)]


def test_a_disk_that_takes_nothing_is_a_clear_refusal(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "spool" / "waiting").mkdir()
    with pytest.raises(Unavailable) as caught:
        spool.append("c1", {"n": 1})
    assert caught.value.code == "spool-full"


def test_threads_that_write_at_once_lose_and_mix_nothing(tmp_path: Path, cipher: Cipher) -> None:
    spools = [Spool(tmp_path / "spool", cipher, MB) for _ in range(4)]

    def write(number: int) -> None:
        for each in range(20):
            spools[number].append(f"c{number}", {"n": each})

    with ThreadPoolExecutor() as threads:
        list(threads.map(write, range(4)))
    for number in range(4):
        assert spools[0].of(f"c{number}") == [{"n": each} for each in range(20)]


def test_one_process_empties_it_at_a_time(spool: Spool, tmp_path: Path, cipher: Cipher) -> None:
    other = Spool(tmp_path / "spool", cipher, MB)
    with spool.draining() as first, other.draining() as second:
        assert (first, second) == (True, False)
    with other.draining() as third:
        assert third


def test_a_line_that_cannot_be_decrypted_is_nobodys_and_can_be_put_aside(spool: Spool, tmp_path: Path) -> None:
    spool.append("c1", {"n": 1})
    stranger = Spool(tmp_path / "spool", Cipher(Fernet.generate_key().decode()), MB)
    assert stranger.of("c1") == []
    lines, _ = stranger.read(0)
    assert stranger.entry(lines[1]) is None
    stranger.reject(lines[1])
    assert (tmp_path / "spool" / "rejected").read_bytes() == lines[1]


def test_what_a_killed_process_had_written_is_whole(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    writer = (
        "from pathlib import Path\nfrom bot.conversations.spool import Spool\n"
        "from bot.privacy.encryption import Cipher\n"
        f"spool = Spool(Path({str(tmp_path / 'spool')!r}), Cipher({key!r}), 2**30)\n"
        "for n in range(10**6):\n    spool.append('c1', {'n': n, 'text': 'x' * 5000})\n    print(n, flush=True)\n"
    )
    acknowledged = -1
    with subprocess.Popen([sys.executable, "-c", writer], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            acknowledged = int(line)
            if acknowledged == 30:
                process.kill()
    found = Spool(tmp_path / "spool", Cipher(key), 2**30).of("c1")
    assert [entry["n"] for entry in found][: acknowledged + 1] == list(range(acknowledged + 1))

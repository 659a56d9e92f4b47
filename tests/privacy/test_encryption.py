"""Encryption: what is read back, what cannot be, how keys are made, rotated and protected."""

import base64
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Misconfigured
from bot.privacy.encryption import Cipher, read_keys
from tests.conftest import ROOT

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda each: st.lists(each) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), each),
    max_leaves=8,
)


@given(JSON)
def test_what_was_encrypted_is_read_back(value: object) -> None:
    cipher = Cipher(OLD)
    assert cipher.decrypt(cipher.encrypt(value)) == value


def test_what_was_encrypted_cannot_be_read_as_it_is(cipher: Cipher) -> None:
    token = cipher.encrypt({"nom": "Hélène Lefèvre"})
    assert b"Lef" not in token
    assert b"Lef" not in base64.urlsafe_b64decode(token)


def test_the_same_value_twice_does_not_look_the_same(cipher: Cipher) -> None:
    assert cipher.encrypt("oui") != cipher.encrypt("oui")


def test_another_key_reads_nothing_and_the_error_shows_nothing() -> None:
    with pytest.raises(Misconfigured) as caught:
        Cipher(NEW).decrypt(Cipher(OLD).encrypt("secret"))
    assert caught.value.code == "wrong-key"
    assert OLD not in str(caught.value)
    assert NEW not in str(caught.value)


def test_a_value_that_was_tampered_with_is_refused(cipher: Cipher) -> None:
    token = bytearray(cipher.encrypt("oui"))
    token[20] ^= 1
    with pytest.raises(Misconfigured):
        cipher.decrypt(bytes(token))


@pytest.mark.parametrize("separator", [" ", "\n", "\n\n", "\t"])
def test_a_rotated_key_still_reads_what_the_old_one_encrypted(separator: str) -> None:
    rotated = Cipher(NEW + separator + OLD)
    assert rotated.decrypt(Cipher(OLD).encrypt("avant")) == "avant"
    assert Cipher(NEW).decrypt(rotated.encrypt("après")) == "après"


def test_a_rotated_key_tells_the_same_digits() -> None:
    # Else the access codes that citizens noted down would no longer be those that we show and check.
    assert Cipher(f"{NEW} {OLD}").digits("access-code:1", 8) == Cipher(OLD).digits("access-code:1", 8)


def test_digits_are_as_many_as_asked_and_follow_from_key_and_purpose(cipher: Cipher) -> None:
    codes = {cipher.digits(f"access-code:{number}", 8) for number in range(500)}
    assert len(codes) > 490  # 500 draws out of 100 million
    assert {len(code) for code in codes} == {8}
    assert all(code.isdigit() for code in codes)
    assert cipher.digits("access-code:1", 8) == cipher.digits("access-code:1", 8)
    assert cipher.digits("access-code:1", 8) != Cipher(NEW).digits("access-code:1", 8)


@pytest.mark.parametrize("keys", ["", "   ", "motdepasse", f"{OLD} motdepasse", "é" * 44])
def test_a_key_of_the_wrong_form_is_refused_and_not_repeated(keys: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        Cipher(keys)
    assert caught.value.code == "bad-key"
    assert "motdepasse" not in caught.value.message


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    assert read_keys(NEW, tmp_path) == NEW
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    keys = read_keys("", folder)
    assert read_keys("", folder) == keys
    assert [path.name for path in folder.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600
    Cipher(keys)


def test_processes_that_start_together_read_the_same_key(tmp_path: Path) -> None:
    code = "import sys, pathlib, bot.privacy.encryption as e; print(e.read_keys('', pathlib.Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]
    assert len({process.communicate(timeout=30)[0] for process in started}) == 1
    assert [process.returncode for process in started] == [0, 0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    read_keys("", tmp_path)
    (tmp_path / "secret.key").chmod(mode)
    with pytest.raises(Misconfigured, match="chmod 600") as caught:
        read_keys("", tmp_path)
    assert caught.value.code == "key-exposed"

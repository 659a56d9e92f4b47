"""Passwords: what is accepted, and how they are kept.

Length counts, composition does not (NIST SP 800-63B, 5.1.1.2; CNIL, deliberation 2022-100): twelve characters, none of
the common ones, not the name. Kept with argon2id at the least cost that OWASP recommends (19 MiB, two passes), one at a
time, so that a flood of tries cannot take the memory of a small server.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bot.errors import Unprocessable
from bot.words import fold

LEAST = 12
MOST = 200
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash("the password of nobody")
"""What is checked when there is no such account, so that it takes the same time."""
_one_at_a_time = ThreadPoolExecutor(1, thread_name_prefix="password")


def check_password(password: str, name: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Unprocessable: it is too short, too long, common, the name, or a repetition.
    """
    if not LEAST <= len(password) <= MOST:
        raise Unprocessable(f"A password has {LEAST} to {MOST} characters.", code="password-length", field="password")
    plain = fold(password).replace(" ", "")
    letters = "".join(character for character in plain if character.isalpha())
    repeated = any(plain == plain[:size] * (len(plain) // size) for size in range(1, 5) if len(plain) % size == 0)
    if repeated or (len(name) > 3 and name in plain) or plain in _common() or letters in _common():
        raise Unprocessable(
            "This password is too easily guessed. Several unrelated words make a good one.",
            code="password-common",
            field="password",
        )


async def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return await asyncio.get_running_loop().run_in_executor(_one_at_a_time, _HASHER.hash, password)


async def same_password(password: str, kept: str | None) -> bool:
    """Return whether a password is the one that was kept; takes as long when none was."""
    return await asyncio.get_running_loop().run_in_executor(_one_at_a_time, _verify, password[: MOST + 1], kept)


def _verify(password: str, kept: str | None) -> bool:
    try:
        return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(line).replace(" ", "") for line in lines if line and not line.startswith("#"))

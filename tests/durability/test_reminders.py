"""A reminder that is due is said by itself, once, whatever was restarted meanwhile."""

import asyncio
import os
import secrets
import signal
import sqlite3
from datetime import UTC, datetime, timedelta

import aiohttp

from tests.citizen import Citizen
from tests.service import Service, wait_for

from .outage import Outage

BACK_WITHIN = 120
"""Seconds, on a busy machine."""


def _remind(service: Service, citizen: Citizen, *, unless_spoken: bool) -> None:
    """Write a reminder as a turn of the citizen's conversation would have: no action of ours schedules one yet."""
    due = datetime.now(UTC) + timedelta(seconds=3)
    values = (secrets.token_hex(12), citizen.id, "later", "ask_bot", "[]", due.isoformat(sep=" "), unless_spoken)
    with sqlite3.connect(service.data_dir / "guichet.db", timeout=30) as connection:
        connection.execute("INSERT INTO reminders VALUES (?, ?, ?, ?, ?, ?, ?, 0)", values)
    connection.close()


async def test_a_reminder_survives_its_processes_and_is_said_once(sqlite_service: tuple[Service, Outage]) -> None:
    service, _ = sqlite_service
    async with aiohttp.ClientSession(base_url=service.url, timeout=aiohttp.ClientTimeout(total=60)) as session:
        silent, talkative = await Citizen.arrive(session), await Citizen.arrive(session)
        _remind(service, silent, unless_spoken=True)
        _remind(service, talkative, unless_spoken=True)
        await talkative.say("bonjour")
        for part in service.parts().values():
            os.kill(part, signal.SIGKILL)
        await asyncio.to_thread(wait_for, lambda: not service.rows("SELECT 1 FROM reminders"), BACK_WITHIN)
        said = (await silent.copy())[2:]
        assert [message["author"] for message in said] == ["bot"]
        assert "programme" in said[0]["text"]
        turns = service.rows("SELECT kind FROM turns WHERE conversation_id = ?", talkative.id)
        assert [turn["kind"] for turn in turns] == ["text"], "who has spoken since needs no reminder"

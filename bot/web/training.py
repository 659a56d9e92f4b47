"""Training runs in the gateway: it takes what was asked for, starts what is due, and tidies the file of examples."""

import asyncio
import contextlib
from datetime import timedelta

from bot.db import Database, now
from bot.errors import Conflict
from bot.learning.runner import Runner
from bot.settings import Settings

BY_ITSELF = "-"
"""Who asked, for a run that the calendar started."""


class Training:
    """Runs trainings beside the service.

    Args:
        settings: the settings.
        database: where the runs are.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._days = settings.retrain_days
        self._runner = Runner(settings, database)
        self._doing: asyncio.Task[object] | None = None

    async def take(self) -> str:
        """Begin the run that waits, or that a dead process left, unless one goes on here."""
        if self._doing is None or self._doing.done():
            self._doing = asyncio.create_task(self._runner.run_waiting())
        return ""

    async def start_when_due(self) -> str:
        """Ask for a run when the last one is older than the days of GUICHET_RETRAIN_DAYS; 0 days never are."""
        last = await self._runner.store.runs(1)
        if not self._days or (last and last[0].asked_at > now() - timedelta(days=self._days)):
            return ""
        try:
            return f"run {(await self._runner.store.ask(BY_ITSELF)).id} was asked for"
        except Conflict:
            return ""

    async def forget(self) -> str:
        """Take out of `learned.yml` what is no longer accepted: erased with its conversation, or withdrawn."""
        gone = await self._runner.forget_withdrawn()
        return f"{gone} examples left the file" if gone else ""

    async def close(self) -> None:
        """Stop what goes on here; another process takes it up when its lease is over."""
        if self._doing is not None:
            self._doing.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._doing

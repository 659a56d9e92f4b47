"""The engine follows `models/current`: who promotes a model needs neither its address nor its secret."""

import asyncio
import logging
from pathlib import Path
from typing import Protocol

from bot.errors import GuichetError
from bot.learning.models import current_model
from bot.learning.promotion import answer, refuse

logger = logging.getLogger(__name__)
EVERY = 0.25
"""Seconds between two looks at the pointer: one call of `stat`."""


class Serves(Protocol):
    """What follows the pointer: `bot.engine.host.Host` does."""

    model: str

    async def load(self, model: Path) -> None:
        """Put a model in service, or raise a GuichetError and go on with the one before."""


async def follow(host: Serves, models_dir: Path) -> None:
    """Load what the pointer names whenever it changes, for ever; a model that cannot be used is refused in words.

    Args:
        host: serves; it has a model already.
        models_dir: the folder of the pointer.
    """
    try:
        answer(models_dir, host.model, host.model)
    except OSError as error:
        logger.warning("%s cannot be written (%s): another model needs a restart", models_dir, error.strerror)
        return
    seen = _pointed(models_dir)
    while True:
        await asyncio.sleep(EVERY)
        wanted = _pointed(models_dir)
        if wanted == seen:
            continue
        seen = wanted
        try:
            seen = await _take(host, models_dir, wanted)
        except (GuichetError, OSError) as error:
            # A full disk: the next change of the pointer is looked at all the same.
            logger.error("%s cannot be written: %s", models_dir, error)


async def _take(host: Serves, models_dir: Path, wanted: str) -> str:
    """Load a model, or refuse it in words; return the model that serves."""
    serving = host.model
    try:
        await host.load(models_dir / wanted)
    except GuichetError as error:
        logger.error("%s stays in service: %s", serving, error.message)
        # A pointer to what cannot be loaded would keep the next start from succeeding.
        refuse(models_dir, wanted, serving, error.message)
    else:
        answer(models_dir, wanted, host.model)
    return host.model


def _pointed(models_dir: Path) -> str:
    try:
        return current_model(models_dir).name
    except (GuichetError, OSError):
        return ""

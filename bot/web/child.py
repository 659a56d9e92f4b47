"""Work whose libraries the gateway must not keep in memory: `guichet`'s own commands, in a process that ends."""

import asyncio
import os
import sys
from contextlib import suppress

from bot.errors import Failed
from bot.settings import Settings


async def run(settings: Settings, *arguments: str) -> str:
    """Run a command of `guichet` with the settings of this process and return what it said.

    Raises:
        Failed: it did not end well; its own words are in the log of its error output.
    """
    own = {
        "GUICHET_DATABASE_URL": settings.database,
        "GUICHET_DATA_DIR": str(settings.data_dir),
        "GUICHET_TIMEZONE": settings.timezone,
        "OMP_NUM_THREADS": "1",
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env=os.environ | own, stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        with suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), 5)
        raise
    if child.returncode:
        raise Failed(f"`guichet {arguments[0]}` did not end well.")
    return said.decode().strip()

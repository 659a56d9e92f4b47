"""The shape of a subcommand, for the modules that add some."""

import argparse
from collections.abc import Callable
from typing import Protocol

from bot.settings import Settings

Run = Callable[[Settings, argparse.Namespace], int | None]
"""What a subcommand does: it takes settings and options and returns an exit code; None is success."""


class Add(Protocol):
    """Adds a subcommand and returns its parser."""

    def __call__(self, name: str, run: Run, text: str) -> argparse.ArgumentParser:
        """Add the subcommand `name`, which does `run` and is explained by `text`."""

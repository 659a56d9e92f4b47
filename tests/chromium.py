"""Chromium as the machine has it, for every test that needs a real browser."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update".split()


def installed() -> str:
    """Return where it is; without it the test is skipped and says why, and in CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        reason = "there is no `chromium` on this machine"
        if os.environ.get("CI"):
            pytest.fail(f"CI needs a browser: {reason}")
        pytest.skip(reason)
    return path


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """Run it for the length of the block.

    Args:
        more: options of its command line beside those that keep it quiet.
    """
    path = installed()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*QUIET, *more])
        yield running
        running.close()

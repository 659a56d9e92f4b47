"""Keeps Python's collector from going again and again through what lives as long as the process."""

import gc

YOUNG = 10_000
"""New objects after which Python looks for cycles among them; its own 700 is reached many times in one turn."""


def settle() -> None:
    """Collect what a start or a load left behind, and set the rest apart from later collections.

    What was set apart before is looked at first: a model that was replaced is given back.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)

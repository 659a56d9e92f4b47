"""What a process that lives for weeks does about its memory: what it gives back, and what it does not look at again."""

import ctypes
import gc

YOUNG = 10_000
"""New objects after which Python looks for cycles among them; its own 700 is reached many times in one turn."""


M_ARENA_MAX = -8
"""Number of that parameter in glibc's `malloc.h`."""


def one_heap() -> None:
    """Let all threads take their memory from one heap; called first of all, where the C library has several (glibc).

    What a thread gave back to a heap of its own no other can use: each of a dozen connections to SQLite kept some, and
    an engine took 17 MB more after 250 messages, and more and more after that (docs/benchmarks.md).
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        mallopt(M_ARENA_MAX, 1)


def settle() -> None:
    """Collect what a start or a load left behind, and set the rest apart from later collections.

    What was set apart before is looked at first: a model that was replaced is given back, and its memory to the system,
    where the C library knows how (glibc keeps 50 MB of a replaced model otherwise).
    """
    gc.unfreeze()
    gc.collect()
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)

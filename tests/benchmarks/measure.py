"""How the side-by-side benchmark measures: time of an answer, answers a second, memory, disk, and the table.

Nothing here knows which product it measures. A product is a function `send(sender, text)` that sends one message on
behalf of one citizen and returns once the whole answer is there; its `sender` names the conversation. Messages are
dealt out in conversations of `TURNS` messages, because a counter meets many short conversations, and because the cost
of a turn may grow with the conversation. The clients run in this process, on the same machine as the server.

MB is 2**20 bytes everywhere, as in `du -m`. Memory is read from `/proc`, therefore on Linux only.
"""

import asyncio
import math
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Literal
from uuid import uuid4

from rich import box
from rich.console import Console
from rich.table import Table

MB = 2**20
TURNS = 10

Send = Callable[[str, str], Awaitable[object]]
Begin = Callable[[str], Awaitable[object]]


@dataclass(frozen=True)
class Latency:
    """How long one client waits for an answer when it is alone, in milliseconds."""

    median_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Row:
    """One line of the table: the same measure of both products; None where it could not be taken."""

    measure: str
    unit: str
    ours: float | None
    peer: float | None
    better: Literal["lower", "higher"] = "lower"


async def latencies(
    send: Send, texts: Sequence[str], n: int = 200, warmup: int = 20, begin: Begin | None = None
) -> Latency:
    """Measure how long one client waits for each of its messages, sent one after the other.

    Args:
        send: sends one message of one sender and returns when it is answered; what it raises is not caught.
        texts: the messages, taken in turn and from the start again when they run out.
        n: how many messages are timed.
        warmup: how many messages are sent before, and not timed.
        begin: opens the conversation of a sender; every conversation is opened before the clock starts.
    """
    message = cycle(texts)
    turns = [sender for sender in await _conversations(warmup + n, begin) for _ in range(TURNS)][: warmup + n]
    times = []
    for sender in turns:
        started = time.perf_counter()
        await send(sender, next(message))
        times.append((time.perf_counter() - started) * 1000)
    timed = times[warmup:]
    return Latency(median_ms=statistics.median(timed), p95_ms=statistics.quantiles(timed, n=20)[-1])


async def throughput(
    send: Send, texts: Sequence[str], clients: int = 16, n: int = 800, begin: Begin | None = None
) -> float:
    """Measure the messages answered in a second when several clients each write as fast as they are answered.

    Args:
        send: as in `latencies`.
        texts: as in `latencies`.
        clients: how many clients write at the same time, each with senders of its own.
        n: how many messages all clients send together; rounded up to whole conversations for each client.
        begin: as in `latencies`.
    """
    message = cycle(texts)
    each = math.ceil(n / (clients * TURNS))  # As many conversations for every client, so that they end together.
    waiting = await _conversations(each * clients * TURNS, begin)

    async def client(senders: Sequence[str]) -> None:
        for sender in senders:
            for _ in range(TURNS):
                await send(sender, next(message))

    started = time.perf_counter()
    await asyncio.gather(*(client(waiting[i::clients]) for i in range(clients)))
    return len(waiting) * TURNS / (time.perf_counter() - started)


async def _conversations(messages: int, begin: Begin | None) -> list[str]:
    """Return the names of as many new senders as these messages need, their conversations opened."""
    senders = [f"bench-{uuid4().hex}" for _ in range(math.ceil(messages / TURNS))]
    if begin is not None:
        for sender in senders:
            await begin(sender)
    return senders


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process and its descendants, in MB; 0 when the process is gone.

    Pages that several of them share are counted in each, so that a product of several processes is never flattered.
    """
    return _memory_mb(pid, "Rss")


def pss_mb(pid: int) -> float:
    """Return what a process and its descendants take from the machine, in MB: shared pages are counted once in all."""
    return _memory_mb(pid, "Pss")


def private_mb(pid: int) -> float:
    """Return what a process and its descendants share with nobody, in MB: what the machine gets back when they end."""
    return _memory_mb(pid, "Private_Clean", "Private_Dirty")


def _memory_mb(pid: int, *fields: str) -> float:
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # The process ended between the listing and the reading.
        children.setdefault(parent, []).append(int(status.parent.name))
    tree = [pid]
    for process in tree:  # The list grows while it is read: children of children follow.
        tree.extend(children.get(process, []))
    return sum(_of_one(process, fields) for process in tree) * 1024 / MB


def _of_one(pid: int, fields: Sequence[str]) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) for line in lines if line.partition(":")[0] in fields)


def disk_mb(folder: Path) -> float:
    """Return the space that a folder takes on disk, in MB: allocated blocks, links not followed, as `du` counts."""
    seen = {(entry.st_dev, entry.st_ino): entry.st_blocks for entry in (path.lstat() for path in folder.rglob("*"))}
    return sum(seen.values()) * 512 / MB


def table(rows: Sequence[Row], console: Console | None = None) -> None:
    """Print ours and the peer side by side, as a Markdown table, with how many times better or worse ours is."""
    printed = Table("measure", "unit", box=box.MARKDOWN)
    for title in ("Guichet", "plain Rasa", "ratio"):
        printed.add_column(title, justify="right")
    for row in rows:
        printed.add_row(row.measure, row.unit, _figure(row.ours), _figure(row.peer), _ratio(row))
    (console or Console()).print(printed)


def _figure(value: float | None) -> str:
    """Write a figure with the three digits that a single run on a shared machine can carry."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _ratio(row: Row) -> str:
    """Say how many times better ours is; a ratio means nothing next to a missing figure or a zero."""
    if not row.ours or not row.peer:
        return "—"
    times = row.peer / row.ours if row.better == "lower" else row.ours / row.peer
    return f"{times:.1f}x better" if times >= 1 else f"{1 / times:.1f}x worse"

"""`guichet up`: prepares, starts engines and gateway, restarts what dies, stops everything.

It imports nothing but the standard library and the settings: it lives as long as the service and does nothing else.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import replace

from bot.errors import Misconfigured
from bot.settings import PREFIX, Settings

logger = logging.getLogger("guichet")

READY_WITHIN = 300
"""Seconds in which a part must say that it is ready."""
STOPS_WITHIN = 10
"""Seconds in which a part must stop when asked, before it is killed."""
CALM_AFTER = 60
"""Seconds of life after which a part that dies is restarted at once again, and not after a longer and longer wait."""


class Part:
    """A process of the service that is kept alive.

    Args:
        name: as the log tells it.
        command: `engine` or `gateway`.
        ready_url: an address that answers 200 when the part is ready.
        headers: sent with that question.
        environment: the part's settings.
    """

    def __init__(
        self, name: str, command: str, ready_url: str, headers: dict[str, str], environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self._command = command
        self._ready_url = ready_url
        self._headers = headers
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process."""
        # In a session of its own: Ctrl-C reaches the supervisor only, which stops the parts in their order.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", self._command, env=self._environment, start_new_session=True
        )
        logger.info("%s started (process %d)", self.name, self._process.pid)

    async def wait_until_ready(self) -> None:
        """Wait until the part says that it is ready.

        Raises:
            Misconfigured: it ended, or it is not ready in time.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + READY_WITHIN
        while loop.time() < end:
            if self._process is None or self._process.returncode is not None:
                raise Misconfigured(f"The {self.name} ended while starting; its reason is above.")
            if await asyncio.to_thread(_answers, self._ready_url, self._headers):
                logger.info("%s ready", self.name)
                return
            await asyncio.sleep(0.1)
        raise Misconfigured(f"The {self.name} was not ready after {READY_WITHIN} s.")

    async def keep_alive(self) -> None:
        """Restart the process whenever it ends."""
        delay = 0.2
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            assert self._process is not None
            code = await self._process.wait()
            delay = 0.2 if loop.time() - started > CALM_AFTER else min(delay * 2, 30)
            logger.warning("%s ended (code %s); restarting in %.1f s", self.name, code, delay)
            await asyncio.sleep(delay)
            await self.start()

    async def stop(self) -> None:
        """Ask the process to end, and kill it when it does not."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOPS_WITHIN)
        except TimeoutError:
            logger.warning("%s did not stop in %d s and is killed", self.name, STOPS_WITHIN)
            self._process.kill()
            await self._process.wait()
        logger.info("%s stopped", self.name)


async def run(settings: Settings) -> int:
    """Run the service until it is told to stop.

    Returns:
        The exit code of the command.

    Raises:
        Misconfigured: something must be mended before the service can run; the message says what.
    """
    settings = replace(settings, port=settings.port or free_port(settings.host))
    check_port(settings.host, settings.port)
    token = secrets.token_urlsafe(32)
    engines = [f"http://127.0.0.1:{port}" for port in free_ports("127.0.0.1", settings.engines)]
    environment = os.environ | {
        PREFIX + "HOST": settings.host,
        PREFIX + "PORT": str(settings.port),
        PREFIX + "DATABASE_URL": settings.database_url,
        PREFIX + "ENGINE_URL": " ".join(engines),
        PREFIX + "ENGINE_TOKEN": token,
        PREFIX + "SUPERVISOR": str(os.getpid()),
        "RASA_TELEMETRY_ENABLED": "false",
        # More threads than cores make small matrices slower, and each costs memory.
        **{name: os.environ.get(name, "1") for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")},
    }
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    preparing = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", "prepare", env=environment)
    if not await _ends_before(stopping, preparing):
        return 0
    if preparing.returncode:
        return 1
    address = f"http://{'127.0.0.1' if settings.host in ('0.0.0.0', '::') else settings.host}:{settings.port}"  # noqa: S104
    allowed = {"Authorization": f"Bearer {token}"}
    parts = [
        Part(
            "engine" if len(engines) == 1 else f"engine {number}",
            "engine",
            f"{url}/ready",
            allowed,
            environment | {PREFIX + "ENGINE_URL": url},
        )
        for number, url in enumerate(engines, start=1)
    ]
    parts.append(Part("gateway", "gateway", f"{address}/health", {}, environment))
    tasks: list[asyncio.Task[None]] = []
    try:
        for part in parts:
            await part.start()
        waiting = asyncio.gather(*(part.wait_until_ready() for part in parts))
        if await _first(waiting, stopping):
            tasks = [asyncio.create_task(part.keep_alive()) for part in parts]
            print(  # noqa: T201 - the answer to "make run"
                f"\nGuichet is ready.\n  Page     {address}/\n  Console  {address}/console\n  Stop     Ctrl-C\n",
                flush=True,
            )
            await stopping.wait()
    finally:
        for task in tasks:
            task.cancel()
        # The gateway first: it ends its answers while the engines are still there.
        await parts[-1].stop()
        await asyncio.gather(*(part.stop() for part in parts[:-1]))
    return 0


async def _ends_before(stopping: asyncio.Event, process: asyncio.subprocess.Process) -> bool:
    ended = await _first(process.wait(), stopping)
    if not ended:
        process.terminate()
        await process.wait()
    return ended


async def _first(work: object, stopping: asyncio.Event) -> bool:
    """Wait for some work, or for the order to stop; return whether the work was done, and raise what it raised."""
    done = asyncio.ensure_future(work)  # type: ignore[call-overload]
    order = asyncio.create_task(stopping.wait())
    await asyncio.wait({done, order}, return_when=asyncio.FIRST_COMPLETED)
    order.cancel()
    if not done.done():
        done.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await done
        return False
    done.result()
    return True


def free_port(host: str) -> int:
    """Return a port that nobody listens on; raise Misconfigured when the address is not one of this machine."""
    return _bind(host, 0)


def free_ports(host: str, count: int) -> list[int]:
    """Return so many ports that nobody listens on."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port(host))
    return list(ports)


def check_port(host: str, port: int) -> None:
    """Raise Misconfigured when the port cannot be listened on."""
    _bind(host, port)


def _bind(host: str, port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Misconfigured(
                f"Port {port} of {host} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: GUICHET_PORT=8090 make run."
            ) from None
        return int(probe.getsockname()[1])


def _answers(url: str, headers: dict[str, str]) -> bool:
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=2) as response:  # noqa: S310
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


async def exit_with_supervisor() -> None:
    """End this process when the one that supervises it is gone, so that a killed supervisor leaves nothing behind."""
    parent = os.environ.get(PREFIX + "SUPERVISOR")
    while parent and os.getppid() == int(parent):  # noqa: ASYNC110 - the system tells nobody that a parent is gone
        await asyncio.sleep(2)
    if parent:
        os.kill(os.getpid(), signal.SIGTERM)

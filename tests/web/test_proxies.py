"""The proxies of `deploy/` in front of a gateway: the real programs, with a certificate made for the test.

Each test runs with nginx and with Caddy, where the program is installed (Debian: `apt-get install nginx caddy`).
"""

import asyncio
import os
import shutil
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import AddressFamily
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.supervisor import free_ports
from bot.web.keys import HUB
from tests.citizen import Citizen
from tests.conftest import ROOT
from tests.web.gateway import gateway, until

NAME = "guichet.ville.example"
PUBLIC = f"https://{NAME}"
MB = 2**20


class Loopback(AbstractResolver):
    """Finds every name on this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Hold nothing."""


@dataclass(frozen=True)
class Front:
    """A proxy that runs in front of a gateway.

    Attributes:
        gateway: what stands behind.
        http, https: its ports.
        trust: the context of whoever trusts its certificate.
    """

    gateway: TestClient[Any, Any]
    http: int
    https: int
    trust: ssl.SSLContext

    @asynccontextmanager
    async def browser(self, address: str = "127.0.0.1") -> AsyncIterator[aiohttp.ClientSession]:
        """Speak to it from an address of this machine."""
        connector = aiohttp.TCPConnector(ssl=self.trust, resolver=Loopback(), local_addr=(address, 0))
        async with aiohttp.ClientSession(f"https://{NAME}:{self.https}", connector=connector) as session:
            yield session


@pytest.fixture(params=["nginx", "caddy"])
async def front(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> AsyncIterator[Front]:
    program = shutil.which(request.param) or shutil.which(request.param, path="/usr/sbin:/sbin")
    if program is None:
        pytest.skip(f"{request.param} is not installed here: its example is not tried")
    certificate = _certificate(tmp_path)
    trust = ssl.create_default_context(cafile=certificate)
    data = tmp_path / "data"
    data.mkdir()
    settings: dict[str, Any] = {"trusted_hops": 1, "conversations_an_hour": 2, "public_url": PUBLIC}
    async with gateway(data, migrated_file, **settings) as client:
        http, https = free_ports("127.0.0.1", 2)
        make = _nginx if request.param == "nginx" else _caddy
        command = make(program, tmp_path, client.port, http, https)
        with (tmp_path / "proxy.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command, stdout=log, stderr=log, cwd=tmp_path, env=os.environ | {"HOME": str(tmp_path)}
            )
        try:
            await _listens(https, process)
            yield Front(client, http, https, trust)
        finally:
            print((tmp_path / "proxy.log").read_text(encoding="utf-8"))  # noqa: T201 - shown with a test that fails
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 30)


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    today = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    built = built.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    fullchain, privkey = folder / "fullchain.pem", folder / "privkey.pem"
    fullchain.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    privkey.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return fullchain


def _nginx(program: str, folder: Path, port: int, http: int, https: int) -> list[str]:
    site = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for before, after in (
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{port};"),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{https} ssl http2;"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("/etc/ssl/guichet", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):
        assert before in site, before
        site = site.replace(before, after)
    places = "".join(f"{each}_temp_path {folder}/{each};" for each in ("proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.getuid() == 0 else ""
    main = f"{user} pid {folder}/pid; daemon off; events {{}} http {{ client_body_temp_path {folder}/body; {places}"
    (folder / "nginx.conf").write_text(f"{main}\n{site}\n}}\n", encoding="utf-8")
    return [program, "-e", str(folder / "nginx.error.log"), "-c", str(folder / "nginx.conf")]


def _caddy(program: str, folder: Path, port: int, http: int, https: int) -> list[str]:
    site = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    for before, after in (
        (f"{NAME} {{\n", f"{NAME} {{\n\ttls {folder}/fullchain.pem {folder}/privkey.pem\n\tbind 127.0.0.1\n"),
        ("reverse_proxy 127.0.0.1:8080", f"reverse_proxy 127.0.0.1:{port}"),
    ):
        assert before in site, before
        site = site.replace(before, after)
    mine = f"{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n"
    mine += "\tdefault_bind 127.0.0.1\n}\n"
    (folder / "Caddyfile").write_text(mine + site, encoding="utf-8")
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(30):
        while True:
            assert process.returncode is None, "it ended: its own words are in the captured output"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return


async def test_whoever_comes_without_tls_is_sent_to_the_encrypted_address(front: Front) -> None:
    async with aiohttp.ClientSession() as session:
        url, host = f"http://127.0.0.1:{front.http}/plain", {"Host": NAME}
        async with session.get(url, headers=host, allow_redirects=False) as response:
            assert response.status in (301, 308)
            assert response.headers["Location"] == f"{PUBLIC}/plain"


async def test_only_tls_of_our_days_is_spoken_and_http_2_is_offered(front: Front) -> None:
    front.trust.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection("127.0.0.1", front.https, ssl=front.trust, server_hostname=NAME)
    spoken = writer.get_extra_info("ssl_object")
    assert (spoken.version(), spoken.selected_alpn_protocol()) == ("TLSv1.3", "h2")
    writer.close()
    old = ssl.create_default_context(cafile=None)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        await asyncio.open_connection("127.0.0.1", front.https, ssl=old, server_hostname=NAME)


async def test_a_page_comes_with_the_headers_of_both_and_the_proxy_does_not_say_its_version(front: Front) -> None:
    async with front.browser() as session, session.get("/") as response:
        assert response.status == 200
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")
        assert response.headers.getall("Content-Security-Policy")[0].startswith("default-src 'none'")
        assert len(response.headers.getall("X-Content-Type-Options")) == 1
        assert not any(figure in response.headers.get("Server", "") for figure in "0123456789")


async def test_the_figures_stay_inside(front: Front) -> None:
    async with front.browser() as session, session.get("/metrics") as response:
        assert response.status == 404
        assert "guichet_" not in await response.text()


async def test_limits_count_the_address_that_the_proxy_heard_and_not_what_a_caller_writes(front: Front) -> None:
    async def opens(session: aiohttp.ClientSession, **headers: str) -> int:
        async with session.post("/api/conversations", json={}, headers=headers) as response:
            return response.status

    async with front.browser("127.0.0.2") as one, front.browser("127.0.0.3") as other:
        assert [await opens(one) for _ in range(3)] == [201, 201, 429]
        assert await opens(one, **{"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.8"}) == 429
        assert await opens(other) == 201


async def test_our_own_pages_may_call_through_tls_and_those_of_others_may_not(front: Front) -> None:
    async with front.browser() as session:
        for origin, expected in ((PUBLIC, 201), ("https://elsewhere.example", 403)):
            async with session.post("/api/conversations", json={}, headers={"Origin": origin}) as response:
                assert response.status == expected


async def test_what_is_pushed_is_not_held_back_and_a_browser_that_goes_is_noticed(front: Front) -> None:
    hub = front.gateway.app[HUB]
    async with front.browser() as session, asyncio.timeout(60):
        citizen = await Citizen.arrive(session)
        path = f"/api/conversations/{citizen.id}/events"
        async with session.get(path, headers=citizen.headers) as stream:
            assert await stream.content.readline() == b": open\n"
            for words in ("un", "deux"):
                hub.show(citizen.id, [{"text": words}])
                while words.encode() not in await stream.content.readline():
                    continue
            assert hub.streams == 1, "each came by itself, while the stream stayed open"
        await until(lambda: not hub.streams)


async def test_a_file_of_the_largest_size_passes_and_larger_bodies_do_not(front: Front) -> None:
    async with front.browser() as session:
        async with session.post("/api/conversations", data=b"x" * (11 * MB)) as response:
            assert response.content_type == "application/problem+json", "the gateway itself is reached, and refuses"
        try:
            async with session.post("/api/conversations", data=b"x" * (13 * MB)) as response:
                assert response.status == 413
        except aiohttp.ClientOSError:
            pass  # Closed while the body was still being sent: that is a refusal as well.

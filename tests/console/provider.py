"""A small provider of OpenID Connect: real codes, real PKCE, real signatures; and ways in which one may lie.

It runs in a thread of its own, so that the tests' browsers and the gateway reach it like any other server.
"""

import asyncio
import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable
from time import time
from typing import Any
from urllib.parse import urlencode

from aiohttp import BasicAuth, web
from joserfc import jws
from joserfc.jwk import RSAKey

from bot.supervisor import free_port

CLIENT, SECRET = "guichet", "s3cret of the tests"


class Provider:
    """The provider.

    Attributes:
        who: claims of whoever is signed in there; None refuses.
        lie: changes what is told before it is signed: `lie(claims)`.
        sign: makes the token of the claims.
        answer: changes the parameters with which the browser is sent back.
        aside: claims told by the page of the person only.
        asked: the parameters of the last way here.
        signed_out: how often somebody signed out.
    """

    def __init__(self) -> None:
        self.port = free_port("127.0.0.1")
        # Another site than the office for a browser, which does not look at ports.
        self.issuer = f"http://localhost:{self.port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.honest()
        self.signed_out = 0
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, str] = {}

    def honest(self) -> None:
        """Tell the truth again."""
        self.who: dict[str, Any] | None = None
        self.lie: Callable[[dict[str, Any]], None] = lambda claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.answer: Callable[[dict[str, str]], None] = lambda parameters: None
        self.aside: dict[str, Any] = {}
        self.asked: dict[str, str] = {}

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        """Return a token of claims, signed by our key or another."""
        key = key or self.key
        return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, json.dumps(claims).encode(), key)

    def start(self) -> None:
        """Serve from a thread of its own."""
        ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        """Stop serving."""
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        ready.set()
        self._loop.run_forever()

    async def _serve(self) -> None:
        app = web.Application()
        app.add_routes(
            [
                web.get("/.well-known/openid-configuration", self._document),
                web.get("/keys", self._keys),
                web.get("/authorize", self._authorize),
                web.post("/token", self._token),
                web.get("/person", self._person),
                web.get("/leave", self._leave),
            ]
        )
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def _document(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/person",
                "end_session_endpoint": f"{self.issuer}/leave",
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True,
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    async def _keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: web.Request) -> web.Response:
        self.asked = dict(request.query)
        back = {"state": self.asked["state"], "iss": self.issuer}
        if self.who is None:
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self._codes[back["code"]] = self.asked
        self.answer(back)
        raise web.HTTPFound(f"{self.asked['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self._codes.pop(str(form.get("code")), None)
        client = BasicAuth.decode(request.headers.get("Authorization", "Basic Og=="))
        challenge = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
        good = (
            asked is not None
            and (client.login, client.password) == (CLIENT, SECRET)
            and form.get("redirect_uri") == asked["redirect_uri"]
            and asked["code_challenge_method"] == "S256"
            and base64.urlsafe_b64encode(challenge).decode().rstrip("=") == asked["code_challenge"]
        )
        if not good or asked is None or self.who is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        at = int(time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": at,
            "exp": at + 300,
            "nonce": asked["nonce"],
            **self.who,
        }
        self.lie(claims)
        access = secrets.token_urlsafe(16)
        self._tokens[access] = str(self.who["sub"])
        return web.json_response({"access_token": access, "token_type": "Bearer", "id_token": self.sign(claims)})

    async def _person(self, request: web.Request) -> web.Response:
        subject = self._tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return web.json_response({"sub": subject, **self.aside}, status=200 if subject else 401)

    async def _leave(self, request: web.Request) -> web.Response:
        self.signed_out += 1
        raise web.HTTPFound(request.query["post_logout_redirect_uri"])

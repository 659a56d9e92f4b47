"""Talks with a provider of OpenID Connect: the way there, and what is believed of the answer.

Authorization code with PKCE (RFC 7636), state and nonce, as OpenID Connect Core 1.0 (3.1) and the best practice of
RFC 9700 ask: the address of everything comes from the provider's own document, the token must be signed by one of its
keys with a signature that only it can make, for us, now, and in answer to this very browser.
"""

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from time import time
from typing import Any, Protocol
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from bot.accounts.openid import OpenID, groups_of, is_protected
from bot.errors import NotAllowed, Unavailable

logger = logging.getLogger(__name__)

SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Only those that a public key verifies: with `none` or a shared secret anybody, or any other client, could sign."""
VALID_FOR = 600
"""Seconds from leaving for the provider to coming back."""
KNOWN_FOR = 3600
"""Seconds for which the provider's document and keys are kept."""
CLOCKS_APART = 60
"""Seconds by which the provider's clock may differ from ours."""


class Refused(NotAllowed):
    """The provider said no, or what it said is not believed."""


class Opener(Protocol):
    """What makes the sealed cookie (`bot.privacy.encryption.Cipher` is one)."""

    def encrypt(self, value: Any) -> bytes:
        """Return a JSON value encrypted."""

    def decrypt(self, token: bytes) -> Any:
        """Return the value that was encrypted."""


@dataclass(frozen=True)
class Attempt:
    """One browser's way to the provider; it carries this itself, sealed, so that any gateway may take it back.

    Attributes:
        wanted: the page to go on to.
        tying: the account to which whoever comes back is tied; empty for signing in.
    """

    state: str
    nonce: str
    verifier: str
    wanted: str
    left_at: float
    tying: str = ""

    def sealed(self, opener: Opener) -> str:
        """Return it for a cookie."""
        return opener.encrypt(asdict(self)).decode()


class Provider:
    """The provider of an office.

    Args:
        openid: how it is reached.
    """

    def __init__(self, openid: OpenID) -> None:
        self.openid = openid
        self._document: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._known_since = 0.0

    async def begin(self, back: str, wanted: str, tying: str = "") -> tuple[str, Attempt]:
        """Return where to send a browser, and what it must bring back.

        Args:
            back: our address to which the provider sends it.
            wanted: the page to go on to.
            tying: the account whose owner asks to be known by the provider from now on; empty for signing in.

        Raises:
            Unavailable: the provider cannot be reached.
        """
        document = await self._discover()
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        asked = {
            "response_type": "code",
            "client_id": self.openid.client_id,
            "redirect_uri": back,
            "scope": self.openid.scopes,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }
        address = _with_query(document["authorization_endpoint"], asked)
        return address, Attempt(state, nonce, verifier, wanted, time(), tying)

    async def finish(self, cookie: str, opener: Opener, back: str, query: Mapping[str, str]) -> tuple[Any, Attempt]:
        """Return what the provider says of whoever came back, and what they had left for.

        Raises:
            Refused: the provider refused, or its answer is not to be believed.
            Unavailable: the provider cannot be reached.
        """
        attempt = _unsealed(cookie, opener)
        if not hmac.compare_digest(attempt.state.encode(), query.get("state", "").encode(errors="surrogatepass")):
            raise refused("the state is not the one that was sent")
        document = await self._discover()
        # Which of several providers answers (RFC 9207): a code of another one is not shown to this one.
        named = query.get("iss")
        if named != self.openid.issuer and (
            named or document.get("authorization_response_iss_parameter_supported") is True
        ):
            raise refused("the answer names another issuer")
        if "code" not in query:
            raise refused(f"the provider answered {query.get('error', 'without a code')[:60]!r}")
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                token = await self._exchanged(client, query["code"], attempt.verifier, back)
                claims = await self._believed(token, attempt.nonce)
                return await self._with_groups(client, claims, token), attempt
        except (JoseError, ValueError, TypeError, KeyError, httpx.HTTPStatusError) as error:
            raise refused(f"{type(error).__name__}: {error}"[:200]) from None
        except httpx.HTTPError as error:
            raise _unreachable(error) from None

    async def leaving(self, back: str) -> str:
        """Return where one signs out of the provider too, coming back to an address; empty when it has no such page."""
        try:
            page = (await self._discover()).get("end_session_endpoint", "")
        except Unavailable:
            return ""
        asked = {"client_id": self.openid.client_id, "post_logout_redirect_uri": back}
        return _with_query(page, asked) if page else ""

    async def _exchanged(self, client: httpx.AsyncClient, code: str, verifier: str, back: str) -> dict[str, Any]:
        """Return what the provider gives for a code, to us alone: who left knows the verifier."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.openid.client_id,
            "code_verifier": verifier,
        }
        secret, known = self.openid.client_secret, self._document.get("token_endpoint_auth_methods_supported")
        by_header = bool(secret) and (not known or "client_secret_basic" in known)
        if secret and not by_header:
            form["client_secret"] = secret
        auth = httpx.BasicAuth(self.openid.client_id, secret) if by_header else httpx.USE_CLIENT_DEFAULT
        response = await client.post(self._document["token_endpoint"], data=form, auth=auth)
        return dict(response.raise_for_status().json())

    async def signed(self, token: str) -> jwt.Token:
        """Return a token that one of the provider's keys signed; what it says is still to be checked.

        Raises:
            JoseError, ValueError: it is no token, or none of these keys signed it.
            Unavailable: the keys cannot be read.
        """
        await self._discover()
        try:
            return jwt.decode(token, await self._key_set(), algorithms=SIGNATURES)
        except InvalidKeyIdError:  # the provider has changed its keys since we read them
            return jwt.decode(token, await self._key_set(again=True), algorithms=SIGNATURES)

    async def _believed(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        """Return what an identity token says, once it is shown to be the provider's, for us, fresh, and for `nonce`."""
        signed = await self.signed(token["id_token"])
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": self.openid.issuer},
                "aud": {"essential": True, "value": self.openid.client_id},
            },
            params={
                "nonce": nonce,
                "client_id": self.openid.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=CLOCKS_APART)
        return claims

    async def _with_groups(
        self, client: httpx.AsyncClient, claims: CodeIDToken, token: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Ask the provider's page of the person when the token does not tell the groups."""
        page = self._document.get("userinfo_endpoint")
        if groups_of(claims, self.openid.groups) or not page:
            return dict(claims)
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        more = (await client.get(page, headers=bearer)).raise_for_status().json()
        if more.get("sub") != claims["sub"]:
            raise ValueError("the page of the person is about somebody else")
        return {**more, **claims}

    async def _discover(self) -> dict[str, Any]:
        """Return the provider's own document, which says where everything is."""
        if self._document and time() - self._known_since < KNOWN_FOR:
            return self._document
        document = await self._read(f"{self.openid.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        told = [document.get(name) for name in (*needed, "userinfo_endpoint", "end_session_endpoint")]
        if document.get("issuer") != self.openid.issuer or not all(told[: len(needed)]):
            raise _unreachable(ValueError("its document is of another issuer, or not complete"))
        if not all(isinstance(each, str) and is_protected(each) for each in told if each):
            raise _unreachable(ValueError("its document names an address without https"))
        self._document, self._keys, self._known_since = document, None, time()
        return document

    async def _key_set(self, *, again: bool = False) -> KeySet:
        if self._keys is None or again:
            self._keys = KeySet.import_key_set(await self._read(self._document["jwks_uri"]))  # type: ignore[arg-type]
        return self._keys

    async def _read(self, address: str) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                answer = (await client.get(address)).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise _unreachable(error) from None
        return answer if isinstance(answer, dict) else {}


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _unsealed(cookie: str, opener: Opener) -> Attempt:
    try:
        attempt = Attempt(**opener.decrypt(cookie.encode()))
    except Exception:  # whatever is wrong with it: it is none of ours
        raise refused("this browser did not leave from here") from None
    if not 0 <= time() - attempt.left_at <= VALID_FOR:
        raise refused("it came back too late")
    return attempt


def refused(why: str) -> Refused:
    """Return what is said of something that is not believed; why is for the log alone."""
    logger.warning("What came from the provider was refused: %s.", why)
    return Refused("Signing in with the provider did not work. Try again.", code="openid-refused")


def _unreachable(error: Exception) -> Unavailable:
    logger.error("The provider of OpenID Connect cannot be used: %s: %s", type(error).__name__, error)
    return Unavailable(
        "The provider that signs you in does not answer. Try again in a moment.", code="openid-unreachable"
    )

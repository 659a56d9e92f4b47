"""The cookie of the console: what it is called, and how it is protected."""

from aiohttp import web

from bot.web.caller import is_https

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def cookie_name(request: web.Request, purpose: str = "session") -> str:
    """Return the name of a cookie; over https it is one that no other host can set (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-guichet-{purpose}" if is_https(request) else f"guichet-{purpose}"


def read_cookie(request: web.Request, purpose: str = "session") -> str:
    """Return the value of a cookie, or an empty text."""
    return request.cookies.get(cookie_name(request, purpose), "")


def set_cookie(
    request: web.Request, response: web.StreamResponse, value: str, purpose: str = "session", same_site: str = "Strict"
) -> None:
    """Set a cookie that scripts and other sites cannot read, and that only goes in clear to this machine itself."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    response.set_cookie(
        cookie_name(request, purpose),
        value,
        path="/",
        httponly=True,
        samesite=same_site,
        secure=is_https(request) or host not in LOOPBACK,
    )


def drop_cookie(request: web.Request, response: web.StreamResponse, purpose: str = "session") -> None:
    """Make the browser forget a cookie."""
    name = cookie_name(request, purpose)
    response.del_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="Strict")

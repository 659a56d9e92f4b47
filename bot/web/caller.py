"""From which address a call comes: what limits by address count, and whether it came to us by https."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from bot.web.keys import SETTINGS

NETWORK = 64
"""Bits of an IPv6 address that one subscriber has; the rest, any device of theirs chooses anew when it likes."""


def caller_of(request: web.Request) -> str:
    """Return the address that a call counts for: an IPv4 address, or the network of an IPv6 address."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    return address_of(request.remote or "", forwarded, request.app[SETTINGS].trusted_hops)


def is_https(request: web.Request) -> bool:
    """Return whether browsers reach us over https, by ourselves or through a proxy that ends it."""
    settings = request.app[SETTINGS]
    told = settings.trusted_hops > 0 and request.headers.get("X-Forwarded-Proto", "").lower() == "https"
    return request.secure or told or settings.public_url.startswith("https://")


def address_of(peer: str, forwarded: str, hops: int) -> str:
    """Return the address of whoever speaks through some proxies.

    Args:
        peer: the address at the other end of the connection.
        forwarded: `X-Forwarded-For`: each proxy adds at the right whom it heard; what is further left, anybody wrote.
        hops: proxies that are ours. With none, the header is not read.
    """
    heard = [_read(part) for part in forwarded.split(",")] if forwarded.strip() else []
    if not hops or not heard:
        told: IPv4Address | IPv6Address | None = None
    else:
        told = heard[-min(hops, len(heard))]
    address = told or _read(peer)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Network((int(address) >> NETWORK << NETWORK, NETWORK)))
    return str(address or "")


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a text holds, with or without a port; None when it holds none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None

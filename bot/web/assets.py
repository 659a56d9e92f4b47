"""The package's own files as browsers get them: scripts without their comments, compressed once, checked by a tag."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aiohttp import web

from bot.errors import NotFound

_WEB = Path(__file__).parent
# Only these kinds are served: a folder of a package also holds files that are nobody's business.
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# Whole lines only, so that no text of a script can be mistaken for one: `/** … */` above a thing, `//` on its own line.
_COMMENTS = re.compile(rb"^[ \t]*(?://.*|/\*[\s\S]*?\*/[ \t]*)\n", re.MULTILINE)
# Spaces before a line, empty lines, and new lines next to these signs are for the eye only, in CSS and in JavaScript
# whose statements all end with a semicolon, as ours do.
_LAYOUT = re.compile(rb"^\s+|(?<=[{}(\[,;=>])\n\s*|\n\s*(?=[})\].?:&|])", re.MULTILINE)
# So are the spaces around these signs, which no text of ours holds.
_SPACED = re.compile(rb" (=>|[=!]==|=|&&|\|\||\?\?=?) ")


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    kind: str
    plain: bytes
    compressed: bytes
    tag: str


def read_asset(folder: str, name: str) -> Asset:
    """Return a file of a folder of this package.

    Raises:
        NotFound: there is no such file, or it is not of a kind that is served.
    """
    path = _WEB / folder / name
    if path.suffix not in _KINDS or path.parent != _WEB / folder or not path.is_file():
        raise NotFound("There is nothing at this address.")
    return _prepared(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=100)
def _prepared(path: Path, changed: int) -> Asset:
    # Known by its time of change too, so that an edited file shows at the next reload.
    plain = path.read_bytes()
    if path.suffix == ".js":
        # Whoever reads the sources finds the comments there; visitors on a slow line need not download them.
        plain = _SPACED.sub(rb"\1", _LAYOUT.sub(b"", _COMMENTS.sub(b"", plain)))
    return Asset(_KINDS[path.suffix], plain, gzip.compress(plain, 9), f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


def serve(request: web.Request, folder: str, name: str) -> web.Response:
    """Answer with a file of a folder of this package, or with "not changed" when the browser has it.

    Raises:
        NotFound: as `read_asset`.
    """
    asset = read_asset(folder, name)
    headers = {"Cache-Control": "no-cache", "ETag": asset.tag, "Vary": "Accept-Encoding"}
    if asset.tag in request.headers.get("If-None-Match", ""):
        # With its kind, on which the security policy depends: browsers take the headers of this answer over.
        return web.Response(status=304, headers=headers, content_type=asset.kind)
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(asset.compressed) < len(asset.plain):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=asset.compressed, content_type=asset.kind, headers=headers)
    return web.Response(body=asset.plain, content_type=asset.kind, headers=headers)

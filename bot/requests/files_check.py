"""What a file really is, and whether it may be kept: its content tells, not its name.

An image is drawn again by Pillow, which drops what a photo says beside the picture (place, time, camera, name) and
anything hidden behind it. A PDF is kept as it is: it only ever leaves as a download.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic

from bot.errors import Unprocessable

PDF = "application/pdf"
IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""Types that are drawn again, with Pillow's names for them; WebP goes out as JPEG, which every office opens."""
HEIC = {"image/heic", "image/heif", "image/avif"}
EXTENSIONS = {PDF: ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
KINDS = {PDF: "PDF", "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP"}
"""What people call the types that are accepted."""
LONGEST_NAME = 100


@dataclass(frozen=True)
class Examined:
    """A file that may be kept: its name, cleaned, its true type and its content."""

    name: str
    type: str
    content: bytes


def examine(content: bytes, name: str) -> Examined:
    """Return what is kept of a file.

    Args:
        content: all of it, its size already checked.
        name: what the citizen's program calls it.

    Raises:
        Unprocessable: it is empty, locked, broken, too big to unfold, or of a type that is not accepted.
    """
    if not content:
        raise _refusal("file-empty", "The file is empty.")
    kind = _type_of(content)
    if kind == PDF:
        if b"/Encrypt" in content:
            raise _refusal("file-locked", "The PDF is protected by a password: save it without one and send it again.")
        return Examined(_clean(name, kind), kind, content)
    if kind in HEIC:
        raise _refusal(
            "file-heic",
            "HEIC photos cannot be read by every office: set the camera to the most compatible format, or send a "
            "screenshot of the photo.",
        )
    if kind not in IMAGES:
        raise _refusal("file-type", "By its content, this file is neither a PDF nor a JPEG, PNG or WebP image.")
    kept = "image/png" if kind == "image/png" else "image/jpeg"
    # Loaded with the first image: most gateways never see one, and it takes ten megabytes.
    from bot.requests.images import redrawn

    return Examined(_clean(name, kept), kept, redrawn(content, IMAGES[kind], IMAGES[kept]))


def _type_of(content: bytes) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"):
        return "image/heic"
    try:
        return next((each.mime_type for each in puremagic.magic_string(content[:4096]) if each.mime_type), "")
    except puremagic.PureError:
        return ""


def _clean(name: str, kind: str) -> str:
    """Return a name without folders and signs that mean something to a computer, with the extension of its type."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    stem = PurePosixPath(name).stem
    stem = re.sub(r"[^\w '’().,-]", "", "".join(c for c in stem if c.isprintable())).strip(" .")
    return (stem[:LONGEST_NAME].strip() or "document") + EXTENSIONS[kind]


def _refusal(code: str, message: str) -> Unprocessable:
    return Unprocessable(message, code=code, field="file")

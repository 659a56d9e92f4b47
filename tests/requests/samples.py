"""Small files for the tests, made here."""

import io
from typing import Any

from PIL import Image, PngImagePlugin

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\n"
    b"endobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
)
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 300


def photo(*, size: tuple[int, int] = (64, 48), place: bool = False, orientation: int = 1) -> bytes:
    """Return a JPEG as a phone makes it; with `place`, where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "GPS phone of Zéphyrine"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 6.0, 0.0), 3: "W", 4: (1.0, 40.0, 0.0)})
    out = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


def png(*, mode: str = "RGB", comment: str = "") -> bytes:
    """Return a PNG, with a comment in it."""
    info: Any = PngImagePlugin.PngInfo()
    info.add_text("Comment", comment)
    out = io.BytesIO()
    Image.new(mode, (16, 16)).save(out, "PNG", pnginfo=info)
    return out.getvalue()

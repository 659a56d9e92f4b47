"""An image drawn again: what a photo says beside the picture, and anything hidden behind it, stays behind."""

import io
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import Unprocessable

MOST_PIXELS = 30_000_000
"""Pixels unfolded at most (four bytes each); a small file that unfolds into more is made to fill the memory. A JPEG is
unfolded at a half or a quarter of its size, so that phones with 50 million pixels pass."""
LONGEST_SIDE = 3000
"""Pixels kept: an A4 page at 250 dots an inch is legible, and a photo becomes ten times smaller."""
QUALITY = 85
"""Of a JPEG, from 1 to 95: the least at which small print stays clean."""


def redrawn(content: bytes, given: str, kept: str) -> bytes:
    """Return an image drawn again.

    Args:
        content: the image.
        given: Pillow's name of its format.
        kept: Pillow's name of the format that it is kept in, `JPEG` or `PNG`.

    Raises:
        Unprocessable: it has too many pixels (`file-pixels`), or cannot be opened (`file-broken`).
    """
    try:
        with Image.open(io.BytesIO(content), formats=[given]) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            if image.width * image.height > MOST_PIXELS:
                raise Unprocessable(
                    "The image has too many pixels: send a smaller one.", code="file-pixels", field="file"
                )
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written(upright, kept)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise Unprocessable(
            "The image cannot be opened: it may be damaged. Take or save it again.", code="file-broken", field="file"
        ) from None


def _written(image: Image.Image, kept: str) -> bytes:
    # Only the pixels go over: a new image has no EXIF, no comment, no profile and no second picture.
    transparent = kept == "PNG" and (image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info)
    pixels = image.convert("RGBA" if transparent else "RGB")
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": QUALITY} if kept == "JPEG" else {}
    clean.save(out, kept, optimize=True, **options)
    return out.getvalue()

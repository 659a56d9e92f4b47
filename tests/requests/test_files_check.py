"""What a file really is: its content tells, whatever its name says; a photo loses all but its picture."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.errors import GuichetError, Unprocessable
from bot.requests.files_check import examine
from bot.requests.images import LONGEST_SIDE
from tests.conftest import ROOT
from tests.requests.samples import EXE, PDF, photo, png


def test_a_pdf_is_kept_as_it_is() -> None:
    examined = examine(PDF, "attestation.pdf")
    assert (examined.name, examined.type, examined.content) == ("attestation.pdf", "application/pdf", PDF)


def test_a_photo_loses_its_place_and_time() -> None:
    sent = photo(place=True)
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825), "the sample has a place"
    kept = Image.open(io.BytesIO(examine(sent, "IMG_1.jpeg").content))
    assert not kept.getexif()
    assert "exif" not in kept.info
    assert b"GPS" not in examine(sent, "IMG_1.jpeg").content


def test_a_photo_taken_sideways_is_put_upright() -> None:
    kept = Image.open(io.BytesIO(examine(photo(size=(40, 20), orientation=6), "a.jpg").content))
    assert kept.size == (20, 40)


def test_what_is_hidden_behind_an_image_is_dropped() -> None:
    assert b"secret-payload" not in examine(photo() + b"secret-payload", "a.jpg").content
    assert b"secret-payload" not in examine(png(comment="secret-payload"), "a.png").content


def test_a_big_photo_is_made_smaller_and_keeps_its_shape() -> None:
    kept = Image.open(io.BytesIO(examine(photo(size=(6000, 3000)), "a.jpg").content))
    assert max(kept.size) == LONGEST_SIDE
    assert kept.size == (LONGEST_SIDE, LONGEST_SIDE // 2)


def test_an_image_keeps_what_is_transparent() -> None:
    kept = Image.open(io.BytesIO(examine(png(mode="RGBA"), "a.png").content))
    assert (kept.format, kept.mode) == ("PNG", "RGBA")


def test_a_web_image_is_kept_in_the_format_that_every_office_opens() -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "WEBP")
    examined = examine(out.getvalue(), "photo.webp")
    assert (examined.name, examined.type) == ("photo.jpg", "image/jpeg")


def bomb() -> bytes:
    """Return a PNG of some hundred bytes that says it has ten thousand million pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "vide.pdf", "file-empty"),
        (EXE, "facture.pdf", "file-type"),
        (b"PK\x03\x04" + b"\0" * 100, "dossier.pdf", "file-type"),
        (b"<html><script>alert(1)</script></html>", "page.pdf", "file-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "logo.png", "file-type"),
        (b"bonjour", "note.jpg", "file-type"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 100, "IMG_2.HEIC", "file-heic"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "cassee.jpg", "file-broken"),
        (photo()[:200], "coupee.jpg", "file-broken"),
        (PDF.replace(b"trailer\n<<", b"trailer\n<< /Encrypt 9 0 R"), "secret.pdf", "file-locked"),
        (bomb(), "bombe.png", "file-pixels"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Unprocessable) as caught:
        examine(content, name)
    # Pillow itself refuses what is absurd, with the same result for the citizen.
    assert caught.value.code == code or (code, caught.value.code) == ("file-pixels", "file-broken")


def test_every_reason_is_said_in_french() -> None:
    words = (ROOT / "bot" / "web" / "words.py").read_text(encoding="utf-8")
    for code in "file-empty file-type file-heic file-broken file-locked file-pixels file-too-large files-quota".split():
        assert f'"{code}":' in words


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Jean\\CNI.PDF", "CNI.pdf"),
        ("facture.exe", "facture.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("carte d’identité (recto).pdf", "carte d’identité (recto).pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("x" * 500 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_has_no_folder_no_strange_sign_and_the_extension_of_its_content(name: str, kept: str) -> None:
    assert examine(PDF, name).name == kept


STARTS = [b"", b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF0000WEBP"]


@given(st.binary(max_size=300), st.sampled_from(STARTS))
def test_any_bytes_are_kept_or_refused_by_name(content: bytes, start: bytes) -> None:
    code = ""
    try:
        examine(start + content, "x")
    except GuichetError as error:
        code = error.code
    assert not code or code.startswith("file-")

"""Uploads, hostile and not: what comes out is our own picture, or a reason why not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from livefest.pictures import MOST_BYTES, MOST_MADE, WIDE, PictureError, made_from

RED, BLUE = (250, 10, 10), (10, 10, 250)


def image(width: int = 300, height: int = 200) -> Image.Image:
    """The left half is red, the right half blue."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def saved(picture: Image.Image, format: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says to have so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def webp_of(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + size
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def polyglot() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("evil.html", "<script>alert(1)</script>" * 5)
    return saved(image(), "PNG") + file.getvalue()


def assert_ours(made: bytes) -> Image.Image:
    opened = Image.open(BytesIO(made))
    assert (opened.format, opened.size) == ("WEBP", (512, 512))
    assert len(made) <= MOST_MADE
    assert not {"exif", "xmp", "icc_profile"} & opened.info.keys()
    assert int.from_bytes(made[4:8], "little") + 8 == len(made), "nothing stands behind the picture"
    return opened


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
def test_picture_is_made_anew(format: str) -> None:
    made = assert_ours(made_from(saved(image(), format)))
    red, _green, blue = made.convert("RGB").getpixel((50, 256))  # type: ignore[misc]
    assert (red > 200, blue < 60) == (True, True)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1"])
def test_picture_of_any_mode_is_taken(mode: str) -> None:
    assert_ours(made_from(saved(image().convert(mode), "JPEG" if mode == "CMYK" else "PNG")))


def test_noise_is_small_enough() -> None:
    noise = Image.effect_noise((700, 700), 120).convert("RGB")
    assert_ours(made_from(saved(noise, "PNG")))


def test_camera_is_held_upright_and_says_no_place() -> None:
    upload = image()
    exif = upload.getexif()
    exif[0x0112] = 6  # turned by a quarter, clockwise
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 26.0)  # GPS
    exif[0x010F] = "A maker of cameras"
    jpeg = saved(upload, "JPEG", exif=exif, comment=b"said in a comment")
    assert b"A maker of cameras" in jpeg
    made = made_from(jpeg)
    upright = assert_ours(made).convert("RGB")
    assert not upright.getexif()
    assert b"maker" not in made
    assert b"comment" not in made
    top, bottom = upright.getpixel((256, 40)), upright.getpixel((256, 470))
    assert (top[0] > 200, bottom[2] > 200) == (True, True)  # type: ignore[index]


def test_polyglot_loses_its_second_half() -> None:
    made = made_from(polyglot())
    assert_ours(made)
    assert b"evil" not in made


MOVES = image(), [image(300, 200).rotate(90), image(300, 200).rotate(180)]


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "no PNG, JPEG", id="svg"),
        pytest.param(b'<?xml version="1.0"?><svg/>', "no PNG, JPEG", id="svg with a head"),
        pytest.param(b"<html><script>alert(1)</script>", "no PNG, JPEG", id="html"),
        pytest.param(saved(image(), "GIF"), "no PNG, JPEG", id="gif"),
        pytest.param(saved(image(), "TIFF"), "no PNG, JPEG", id="tiff"),
        pytest.param(b"", "no PNG, JPEG", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n<script>", "can't be read", id="png in name"),
        pytest.param(b"\xff\xd8\xff<script>", "can't be read", id="jpeg in name"),
        pytest.param(b"RIFF\x20\0\0\0WEBPVP8 " + b"\0" * 20, "can't be read", id="webp in name"),
        pytest.param(b"RIFF\x20\0\0\0WEBP", "can't be read", id="webp of nothing"),
        pytest.param(saved(image(), "JPEG")[:-400], "can't be read", id="cut off"),
        pytest.param(saved(Image.effect_noise((300, 300), 90), "PNG")[:3000], "can't be read", id="png cut off"),
        pytest.param(png_of(50_000, 50_000), "40 million pixels", id="bomb"),
        pytest.param(png_of(8_000, 8_000), "40 million pixels", id="smaller bomb"),
        pytest.param(webp_of(16_000, 16_000), "40 million pixels", id="webp bomb"),
        pytest.param(png_of(100, 2**31 - 1), "40 million pixels", id="long bomb"),
        pytest.param(saved(image(), "JPEG") + b"\xff\xda\0\x08" * 200, "can't be read", id="scans without end"),
        pytest.param(saved(MOVES[0], "WEBP", save_all=True, append_images=MOVES[1]), "moves", id="moving webp"),
        pytest.param(saved(MOVES[0], "PNG", save_all=True, append_images=MOVES[1]), "moves", id="moving png"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * MOST_BYTES, "bigger than 8 MB", id="too long"),
    ],
)
def test_upload_is_refused(upload: bytes, said: str) -> None:
    with pytest.raises(PictureError, match=said):
        made_from(upload)


@pytest.mark.parametrize(("size", "turned"), [((300, 200), 1), ((4000, 600), 1), ((300, 900), 6), ((1600, 900), 3)])
def test_picture_of_a_show_is_wide_and_upright(size: tuple[int, int], turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    made = made_from(saved(image(*size), "JPEG", exif=exif), WIDE)
    opened = Image.open(BytesIO(made))
    assert (opened.format, opened.size) == ("WEBP", (1200, 675))
    assert len(made) <= WIDE.most
    left, right = (opened.convert("RGB").getpixel(at) for at in ((10, 337), (1190, 337)))
    top, bottom = (opened.convert("RGB").getpixel(at) for at in ((600, 5), (600, 670)))
    found = {1: (left, right), 3: (right, left), 6: (top, bottom)}[turned]
    assert [pixel[0] > pixel[2] for pixel in found] == [True, False]  # type: ignore[index]

"""Pictures that people upload: what is shown is always one that we made ourselves, from the pixels alone.

An upload is read in three steps, each of which can refuse it: what its first bytes say it is, whatever its name; how
big its header says that it becomes, before anything is decoded; its pixels. They are cut to a shape and written anew
as WebP, so that nothing else of the upload is kept: no place where it was taken, no second file behind the first.
"""

from __future__ import annotations

import hashlib
import struct
from io import BytesIO
from threading import Lock
from typing import NamedTuple

from django.db.models import ForeignObjectRel
from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from PIL.Image import Transpose

from livefest import clock
from livefest.models import Picture

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_MADE = 100_000  # bytes of a square; a picture that is bigger is made again, coarser
QUALITIES = (82, 65, 45, 25)
MOST_SCANS = 100  # of a JPEG; each is decoded over all pixels, and takes a few bytes to write
ORIENTATION = 0x0112  # EXIF: how a camera was held
ON_ITS_SIDE = (5, 6, 7, 8)
TURNED = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, OverflowError)
# A process decodes one upload at a time: the biggest takes 160 MB for the moment.
_decoding = Lock()


class Shape(NamedTuple):
    """What is made: pixels, and bytes that it may have."""

    width: int
    height: int
    most: int


SQUARE = Shape(512, 512, MOST_MADE)  # of a creator
WIDE = Shape(1200, 675, 3 * MOST_MADE)  # of a show, a product, a partner or an update: 16 to 9


class PictureError(Exception):
    """Why an upload can't be made a picture of, and what to do, in words."""


def made_from(upload: bytes, shape: Shape = SQUARE) -> bytes:
    """The picture, WebP, of an upload. Raises PictureError."""
    if len(upload) > MOST_BYTES:
        raise too_big()
    format = format_of(upload)
    if format == "WEBP":
        refuse_webp(upload)
    if format == "JPEG" and upload.count(b"\xff\xda") > MOST_SCANS:
        raise unreadable()
    with _decoding:
        try:
            with Image.open(BytesIO(upload), formats=[format]) as image:
                refuse_pixels(*image.size)
                # A JPEG may have more pictures behind the first (a phone's depth, a thumbnail); the others move.
                if format != "JPEG" and getattr(image, "is_animated", False):
                    raise moving()
                return written(cut(image, shape), shape.most)
        except Image.DecompressionBombError as error:
            raise too_many_pixels() from error
        except BROKEN as error:
            raise unreadable() from error


def format_of(upload: bytes) -> str:
    """By the first bytes. Raises PictureError."""
    if upload.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if upload.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if upload[:4] == b"RIFF" and upload[8:12] == b"WEBP":
        return "WEBP"
    raise PictureError(_("This is no PNG, JPEG or WebP picture. Save it as one of these, and choose it again."))


def refuse_webp(upload: bytes) -> None:
    """One that moves, or is too big: Pillow takes the memory for its pixels as soon as it opens it."""
    kind, header = upload[12:16], upload[20:30]
    if len(header) < 10:
        raise unreadable()
    if kind == b"VP8X":
        if header[0] & 0b10:
            raise moving()
        width, height = (int.from_bytes(header[at : at + 3], "little") + 1 for at in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(header[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(header[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    else:
        raise unreadable()
    refuse_pixels(width, height)


def refuse_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise too_many_pixels()


def cut(image: Image.Image, shape: Shape) -> Image.Image:
    """The middle of the picture, upright."""
    held = image.getexif().get(ORIENTATION, 1)
    turned = TURNED.get(held)
    size = (shape.height, shape.width) if held in ON_ITS_SIDE else (shape.width, shape.height)
    # A JPEG is decoded at a fraction of its size, where that is enough.
    image.draft("RGB", (2 * size[0], 2 * size[1]))
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode != mode:
        image = image.convert(mode)
    fitted = ImageOps.fit(image, size)
    return fitted.transpose(turned) if turned is not None else fitted


def written(fitted: Image.Image, most: int) -> bytes:
    """As WebP, from a picture that has nothing but these pixels."""
    clean = Image.new(fitted.mode, fitted.size)
    clean.paste(fitted)
    content = b""
    for quality in QUALITIES:
        file = BytesIO()
        clean.save(file, "WEBP", quality=quality, method=4)
        content = file.getvalue()
        if len(content) <= most:
            break
    return content


def width_of(content: bytes) -> int:
    """Of a picture that we made."""
    with Image.open(BytesIO(content), formats=["WEBP"]) as image:
        return image.width


def stored(content: bytes) -> Picture:
    """The row of a picture that we made, which nobody deletes until the transaction around it ends."""
    digest = hashlib.sha256(content).hexdigest()
    row = Picture(digest=digest, content=content, size=width_of(content), made_at=clock.now())
    Picture.objects.bulk_create([row], update_conflicts=True, unique_fields=["digest"], update_fields=["size"])
    return Picture.objects.defer("content").get(digest=digest)


def drop_if_unused(picture: Picture | None) -> None:
    """Deletes a picture that nothing shows any more; who is about to show it waits, and stores it anew."""
    if picture is None:
        return
    Picture.objects.select_for_update().defer("content").filter(pk=picture.pk).first()
    showing = (relation.related_model._default_manager for relation in referring())
    if not any(rows.filter(picture=picture.pk).exists() for rows in showing):
        Picture.objects.filter(pk=picture.pk).delete()


def referring() -> list[ForeignObjectRel]:
    """What can show a picture; each in its field `picture`."""
    return [one for one in Picture._meta.get_fields(include_hidden=True) if isinstance(one, ForeignObjectRel)]


def too_big() -> PictureError:
    return PictureError(_("This picture is bigger than 8 MB. Make it smaller, and choose it again."))


def too_many_pixels() -> PictureError:
    return PictureError(
        _("This picture has more than 40 million pixels. Make it smaller (2,000 pixels a side are plenty).")
    )


def moving() -> PictureError:
    return PictureError(_("This picture moves. Save one moment of it as PNG or JPEG, and choose that."))


def unreadable() -> PictureError:
    return PictureError(_("This picture can't be read: it is damaged or cut off. Save it again, and choose that."))

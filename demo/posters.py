"""Pictures for what the demo puts on: rays, a sun and a flag's colours, as the site's stage has them."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw

from livefest.models import Picture
from livefest.pictures import WIDE, stored, written

COLOURS = ["#ffb52e", "#ff5c39", "#00a699", "#7a3cff", "#e0218a"]
STAGE = "#8c0b56"
RAYS = 18


def poster(name: str) -> Picture:
    """The same for the same name."""
    rng = random.Random(name)
    light, sun, dots = rng.sample(COLOURS, 3)
    image = Image.new("RGB", WIDE[:2], light)
    draw = ImageDraw.Draw(image)
    x, y = rng.uniform(0.2, 0.8) * WIDE.width, rng.uniform(0.3, 0.9) * WIDE.height
    for ray in range(RAYS):
        first, last = (math.tau * (ray + part) / RAYS for part in (0, 0.5))
        edge = [(x + 2000 * math.cos(angle), y + 2000 * math.sin(angle)) for angle in (first, last)]
        draw.polygon([(x, y), *edge], fill=STAGE)
    draw.circle((x, y), 150, fill=sun)
    for _dot in range(14):
        at = rng.uniform(0, WIDE.width), rng.uniform(0, WIDE.height)
        draw.circle(at, rng.uniform(6, 26), fill=dots)
    return stored(written(image, WIDE.most))

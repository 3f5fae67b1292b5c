"""The site as it is, but for board pages that are new at each request (bench/fresh.py)."""

from livefest.settings.development import *  # noqa: F403
from livefest.settings.development import MIDDLEWARE

MIDDLEWARE = ["bench.fresh.FirstOfItsSecond", *MIDDLEWARE]
ROOT_URLCONF = "bench.fresh"

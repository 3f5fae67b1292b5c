"""What a page says, on one line."""

from __future__ import annotations

import re
from html import unescape
from typing import Any


def page_text(response: Any) -> str:
    """Its HTML with single spaces."""
    return " ".join(response.content.decode().split())


def words_of(html: str) -> str:
    """What a reader sees of it: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())

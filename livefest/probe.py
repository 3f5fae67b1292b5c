"""`python -m livefest.probe URL`: whether it answers 200 within three seconds, for those who tend processes.

Asks by the first of ALLOWED_HOSTS, as the site answers to no other name. Needs nothing but Python.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

SECONDS = 3.0


def is_well(url: str) -> bool:
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    headers = {"Host": name} if name not in ("", "*") else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError, ValueError) as error:
        print(f"{url}: {error}", file=sys.stderr)
        return False


if __name__ == "__main__":
    sys.exit(0 if len(sys.argv) == 2 and is_well(sys.argv[1]) else 1)

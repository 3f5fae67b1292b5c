#!/usr/bin/env python
"""Django's command line; on a developer's machine it starts PostgreSQL and Valkey when none run."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livefest.settings.development")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            f"{error}. Run `make setup`, then `.venv/bin/python manage.py {' '.join(sys.argv[1:])}`."
        ) from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

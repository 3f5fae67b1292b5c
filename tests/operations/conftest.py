"""What the tests of operations take from others."""

from livefest.celery import app
from tests.rankings.conftest import machine, valkey
from tests.rankings.results.conftest import certified, fest, people, script


def send_task(name: str) -> None:
    """Past the app's pool, which would go on with the broker of another test."""
    with app.connection_for_write() as connection:
        app.send_task(name, connection=connection)


__all__ = ["certified", "fest", "machine", "people", "script", "send_task", "valkey"]

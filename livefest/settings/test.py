"""The tests: real PostgreSQL and Valkey, but databases and a Valkey that belong to this run alone."""

import atexit
import os
import shutil
from contextlib import suppress
from pathlib import Path

from livefest.engines import Valkey, checkout_engines
from livefest.settings import services
from livefest.settings.development import *  # noqa: F403
from livefest.settings.development import BASE_DIR, DATABASES, env

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 40
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOG_LEVEL = "WARNING"

# The process that started the run (workers of pytest-xdist inherit the variable) names what belongs to it, so that
# two runs in one checkout don't meet and what a killed run left can be told from what is in use.
RUN = int(os.environ.setdefault("LIVEFEST_TEST_RUN", str(os.getpid())))
DATABASES["default"]["TEST"] = {"NAME": f"test_livefest_{RUN}"}
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"


def private_valkey() -> str:
    """The URL of a Valkey for this process alone, stopped when it ends; sweeps away those of killed runs."""
    folder = BASE_DIR / ".local" / "tests"
    for old in folder.glob("valkey-*"):
        if not Path("/proc", old.name.removeprefix("valkey-")).exists():
            with suppress(OSError):
                Valkey(old).stop()
            shutil.rmtree(old, ignore_errors=True)
    home = folder / f"valkey-{os.getpid()}"
    valkey = Valkey(home)
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # exit runs the last registered first
    atexit.register(valkey.stop)
    return valkey.ensure()


if not env.str("DATABASE_URL", default=""):
    checkout_engines().ensure(stop_when_last=True)
if not env.str("REDIS_URL", default=""):
    REDIS_URL = private_valkey()
    CACHES = {"default": services.cache(REDIS_URL)}
    CELERY_BROKER_URL = services.broker(REDIS_URL)
    CELERY_BROKER_TRANSPORT_OPTIONS = services.broker_options(REDIS_URL)
    STANDINGS_URL = REDIS_URL

"""A developer's machine: whatever the environment doesn't name is there by itself.

Reading these settings starts the checkout's PostgreSQL and Valkey when DATABASE_URL or REDIS_URL doesn't point to
others and none answers (docs/decisions/0002-engines.md says why here).
"""

import contextlib
import os

from django.core.management.utils import get_random_secret_key

from livefest.engines import checkout_engines
from livefest.settings import services
from livefest.settings.base import *  # noqa: F403
from livefest.settings.base import BASE_DIR, LOG_LEVEL, env
from livefest.settings.logs import logging_config

DEBUG = env.bool("DEBUG", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", ".localhost"])


def local_secret_key() -> str:
    """This checkout's own key, made once: webhook secrets encrypted with it must outlive a restart.

    Written aside and linked into place, so that of two processes that start together both read the same whole key.
    """
    path = BASE_DIR / ".local" / "secret_key"
    path.parent.mkdir(exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"secret_key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key()

DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
if not (DATABASE_URL and REDIS_URL):
    engines = checkout_engines().ensure()
    DATABASE_URL = DATABASE_URL or engines.database
    REDIS_URL = REDIS_URL or engines.redis

DATABASES = services.databases(DATABASE_URL, env.str("DATABASE_REPLICA_URL", default=""))
CACHES = {"default": services.cache(env.str("CACHE_URL", default=REDIS_URL))}
BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_BROKER_URL = services.broker(BROKER_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = services.broker_options(BROKER_URL)
CELERY_TASK_DEFAULT_QUEUE_TYPE = services.queue_type(BROKER_URL)
STANDINGS_URL = services.standings(env.str("STANDINGS_URL", default=REDIS_URL))

LOG_FORMAT = env.str("LOG_FORMAT", default="console")
LOGGING = logging_config(LOG_LEVEL, LOG_FORMAT)

# Mails are printed, or written into a folder, where a demo's can be read.
EMAIL_FILE_PATH = env.str("EMAIL_FOLDER", default="")
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if EMAIL_FILE_PATH else 'console'}.EmailBackend"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost

# Static files are served from where they lie, without collectstatic.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATIC_ROOT.mkdir(exist_ok=True)

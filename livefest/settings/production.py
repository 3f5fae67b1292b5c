"""Production: everything from the environment, and a refusal to start without what it needs."""

import re
from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured

from livefest.settings import services
from livefest.settings.base import *  # noqa: F403
from livefest.settings.base import (
    BASE_DIR,
    CONTENT_SECURITY_POLICY,
    LIVEFEST_NOW,
    MFA_EXEMPT,
    MONITORING_NETWORKS,
    MONITORING_TOKEN,
    env,
)

REQUIRED = {
    "SECRET_KEY": "a long random text that stays secret",
    "ALLOWED_HOSTS": "the site's host names, separated by commas",
    "DATABASE_URL": "postgresql://user:password@host/name",
    "REDIS_URL": "redis://host:6379/0",
}
missing = [f"{name} ({meaning})" for name, meaning in REQUIRED.items() if not env.str(name, default="").strip(" ,")]
if missing:
    raise ImproperlyConfigured(f"Production needs these environment variables: {'; '.join(missing)}.")
if LIVEFEST_NOW:
    raise ImproperlyConfigured(
        f"LIVEFEST_NOW is {LIVEFEST_NOW!r}: production lives by the clock. Unset it, or use other settings to replay."
    )
if MFA_EXEMPT:
    raise ImproperlyConfigured(
        "MFA_EXEMPT is for demos: in production all staff sign in with a second factor. Unset it."
    )

if 0 < len(MONITORING_TOKEN) < 16:
    raise ImproperlyConfigured(f"MONITORING_TOKEN has {len(MONITORING_TOKEN)} characters; take 16 random ones or more.")
for network in MONITORING_NETWORKS:
    try:
        ip_network(network)
    except ValueError as error:
        raise ImproperlyConfigured(f"MONITORING_NETWORKS: {error}; write networks such as 10.0.0.0/8.") from error

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured(f"SECRET_KEY has {len(SECRET_KEY)} characters; production needs 32 random ones or more.")

DATABASES = services.databases(env.str("DATABASE_URL"), env.str("DATABASE_REPLICA_URL", default=""))
CACHES = {"default": services.cache(env.str("CACHE_URL", default=env.str("REDIS_URL")))}
BROKER_URL = env.str("CELERY_BROKER_URL", default=env.str("REDIS_URL"))
CELERY_BROKER_URL = services.broker(BROKER_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = services.broker_options(BROKER_URL)
CELERY_TASK_DEFAULT_QUEUE_TYPE = services.queue_type(BROKER_URL)
STANDINGS_URL = services.standings(env.str("STANDINGS_URL", default=env.str("REDIS_URL")))

# Where collectstatic puts the files; several releases on a host may share a folder, for files are named by content.
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = ["^health/", "^metrics$"]  # asked from within, without TLS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
# Which header, set by a proxy that strips it from clients, says that the visitor came by HTTPS.
if env.bool("TRUST_X_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CONTENT_SECURITY_POLICY["DIRECTIVES"] |= {"upgrade-insecure-requests": True}

# Links in e-mails lead to the first of ALLOWED_HOSTS unless SITE_URL says where else.
SITE_URL = (env.str("SITE_URL", default="") or f"https://{env.list('ALLOWED_HOSTS')[0].strip()}").rstrip("/")
if not re.fullmatch(r"https://[A-Za-z0-9.:\[\]-]+", SITE_URL) or "//." in SITE_URL:
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}: e-mails link to it, so write the site's own address such as https://fest.example.org."
    )
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="livefest@localhost")

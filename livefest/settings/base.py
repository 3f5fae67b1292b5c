"""Settings that every environment shares. What differs comes from environment variables (see .env.example)."""

import logging
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab

from livefest.settings.languages import offered_languages
from livefest.settings.logs import configure_structlog, logging_config
from livefest.settings.social import authorizing_origins, social_providers

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
environ.Env.read_env(str(BASE_DIR / ".env"))

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Former keys, newest first: what they signed or encrypted stays readable while a new SECRET_KEY takes over.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])

# The clock of a replay: an ISO 8601 moment that stands in for now. Production refuses it.
LIVEFEST_NOW: str = env.str("LIVEFEST_NOW", default="")

INSTALLED_APPS = [
    "livefest",
    "creators",
    "challenges",
    "rankings",
    "rewards",
    "livefest.admin_config.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.tiktok",
    "allauth.usersessions",
    "auditlog",
    "csp",
    "django_htmx",
    "django_structlog",
    "template_partials",
]

MIDDLEWARE = [
    "livefest.kept_pages.KeptPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "livefest.middleware.MeasuringMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "livefest.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "livefest.signed_in_hint.SignedInHintMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "livefest.middleware.UnavailableMiddleware",
]

ROOT_URLCONF = "livefest.urls"
WSGI_APPLICATION = "livefest.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "livefest.languages.page_languages",
            ],
        },
    }
]

# Accounts
AUTH_USER_MODEL = "livefest.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "livefest.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "livefest.accounts.forms.SignInForm",
    "signup": "livefest.accounts.forms.SignUpForm",
    "request_login_code": "livefest.accounts.forms.CodeForm",
    "reset_password": "livefest.accounts.forms.ResetForm",
    "add_email": "livefest.accounts.forms.ChangeAddressForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # without a password: by code, passkey or social account
ACCOUNT_USER_DISPLAY = "livefest.sign_ins.name_shown"
ACCOUNT_PREVENT_ENUMERATION = True  # docs/accounts.md says what strangers aren't told
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600  # seconds
ACCOUNT_CHANGE_EMAIL = True  # one address each; the new one takes over once it is verified
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # who changes an account shows once more, within five minutes, who they are
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of what changed in the account
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[LIVE Fest] "
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session stays; all others end, for their hash doesn't match any more
# How often one may try, counted in the cache that all web processes share; allauth's own limits hold for the rest.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "signup": "20/m/ip",
    "request_login_code": "20/m/ip,3/m/key",
    "reset_password": "20/m/ip,3/m/key",
    "manage_email": "10/m/user",
}
MFA_RATE_LIMITS = {"webauthn_login": "20/m/ip"}
USERSESSIONS_TRACK_ACTIVITY = False  # else each request writes
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "my_start"
LOGOUT_REDIRECT_URL = "home"

# Sign-in with TikTok and Google: offered is whose two keys are set (docs/accounts.md says where to get them).
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = social_providers(
    tiktok=(env.str("TIKTOK_CLIENT_KEY", default=""), env.str("TIKTOK_CLIENT_SECRET", default="")),
    google=(env.str("GOOGLE_CLIENT_ID", default=""), env.str("GOOGLE_CLIENT_SECRET", default="")),
)
SOCIALACCOUNT_FORMS = {"signup": "livefest.accounts.forms.SocialForm"}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # who has an address elsewhere doesn't own the account that has it here
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds

# Staff sign in with a second factor (docs/roles.md). Exempt are only accounts of a demo: production refuses any.
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
# A passkey is two factors, the device and who holds it, only if the device asks for a finger, a face or a PIN.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {"add_webauthn": "livefest.accounts.forms.AddPasskeyForm"}
MFA_ADAPTER = "livefest.second_factor.SecretsAdapter"
MFA_TOTP_ISSUER = "LIVE Fest"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds by which a phone's clock may be off
MFA_EXEMPT: list[str] = env.list("MFA_EXEMPT", default=[])

# The audit: our own table (docs/decisions/0008-audit.md); auditlog's, which it takes the place of, is not made.
AUDITLOG_LOGENTRY_MODEL = "livefest.AuditEntry"
AUDITLOG_CID_GETTER = "livefest.audit.correlation_id"
AUDITLOG_STORE_JSON_CHANGES = True
AUDITLOG_USE_FK_STRING_REPRESENTATION = True
MIGRATION_MODULES = {"auditlog": None}

# Language and time: moments are stored and computed in UTC; a fest's zone is its own field.
LANGUAGE_CODE = "en"
# By their own names; each has its own addresses: /en/… docs/languages.md says how to add one.
ALL_LANGUAGES = {
    "en": "English",
    "es": "Español",
    "pt-br": "Português (Brasil)",
    "ar": "العربية",
    "id": "Bahasa Indonesia",
    "ja": "日本語",
}
LANGUAGES = offered_languages(ALL_LANGUAGES, env.list("LANGUAGES", default=list(ALL_LANGUAGES)))
FORMAT_MODULE_PATH = ["livefest.formats"]  # how each writes days and moments
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Security that holds everywhere; production adds what needs HTTPS.
CONTENT_SECURITY_POLICY: dict[str, dict[str, Any]] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: the admin's own icons
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # A form that leads to TikTok or Google is posted here and redirected there.
        "form-action": ["'self'", *authorizing_origins(SOCIALACCOUNT_PROVIDERS)],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Whose requests are counted where one may not ask too often: the address before so many proxies.
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXIES", default=0)
RATELIMIT_IP_META_KEY = "livefest.client_address.client_address"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Public pages read a replica where there is one that has what was published (livefest/replicas.py), and that is no more
# than so many seconds behind the primary.
DATABASE_ROUTERS = ["livefest.replicas.Router"]
REPLICA_MAX_LAG_SECONDS: float = env.float("REPLICA_MAX_LAG_SECONDS", default=5.0)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Logs: one line for each event, with the id of the request or task it belongs to; JSON, but for people in development.
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT: str = env.str("LOG_FORMAT", default="json")
LOGGING = logging_config(LOG_LEVEL, LOG_FORMAT)
LOGGING_CONFIG = "logging.config.dictConfig"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address is personal data; the proxy's log has it where it is needed
DJANGO_STRUCTLOG_USER_ID_FIELD = ""  # who did what the audit says, by the request's id
# Behind a proxy that sets X-Request-ID itself: its log and ours name a request alike.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = env.bool("TRUST_X_REQUEST_ID", default=False)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # what ended says the same and more
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_FAILURE_LOG_LEVEL = logging.ERROR
configure_structlog()

# Who may see figures at /metrics and /health/ready: who shows the token, or comes from one of the networks.
MONITORING_TOKEN: str = env.str("MONITORING_TOKEN", default="")
MONITORING_NETWORKS: list[str] = env.list("MONITORING_NETWORKS", default=[])
# Too much for /health/ready: refreshes left out in a row, marks that wait for one, tasks that wait for a worker.
HEALTH_REFRESH_PERIODS: int = env.int("HEALTH_REFRESH_PERIODS", default=12)
HEALTH_MOST_WAITING: int = env.int("HEALTH_MOST_WAITING", default=100_000)
HEALTH_LONGEST_QUEUE: int = env.int("HEALTH_LONGEST_QUEUE", default=100)
# Where a worker's main process tells the worker's figures, such as 127.0.0.1:9101; empty: nowhere.
WORKER_METRICS: str = env.str("WORKER_METRICS", default="")

# Celery; its broker's URL is set with the engines'.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # however long a broker is away, workers wait for it

# How often boards are refreshed, and what is due to be closed is looked for, in seconds. Calls that no worker took in
# time are dropped, for newer ones came; the clocks of beat's host and the worker's may differ by as much as a source's.
REFRESH_SECONDS: int = env.int("REFRESH_SECONDS", default=10)
CALL_EXPIRES_SECONDS = REFRESH_SECONDS + 300
CELERY_BEAT_SCHEDULER = "livefest.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    name: {"task": name, "schedule": REFRESH_SECONDS, "options": {"expires": CALL_EXPIRES_SECONDS}}
    for name in ("rankings.close_due", "rankings.refresh_running")
}
# What people are told is looked for and sent so often, in seconds.
NOTICE_SECONDS = {"livefest.send_notifications": 20, "challenges.tell": 60, "rankings.tell": 300}
CELERY_BEAT_SCHEDULE |= {
    name: {"task": name, "schedule": seconds, "options": {"expires": seconds + CALL_EXPIRES_SECONDS}}
    for name, seconds in NOTICE_SECONDS.items()
}
CELERY_BEAT_SCHEDULE["livefest.retention"] = {
    "task": "livefest.retention",
    "schedule": crontab(hour="4", minute="17"),
    "options": {"expires": 3600},
}

# The site's own address, for links in e-mails; and how many seconds a mail server may take for an answer.
SITE_URL: str = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
EMAIL_TIMEOUT: int = env.int("EMAIL_TIMEOUT", default=20)
# Awards whose time to be claimed is over are looked for every minute, those soon over every hour; what winners gave is
# deleted at night, once nobody needs it.
CELERY_BEAT_SCHEDULE |= {
    "rewards.expire_due": {
        "task": "rewards.expire_due",
        "schedule": 60,
        "options": {"expires": CALL_EXPIRES_SECONDS},
    },
    "rewards.remind": {"task": "rewards.remind", "schedule": 3600, "options": {"expires": 3600}},
    "rewards.delete_details": {
        "task": "rewards.delete_details",
        "schedule": crontab(hour="4", minute="27"),
        "options": {"expires": 3600},
    },
}

# How many days are kept what the admin's index shows as its latest (the audit stays for ever), and confirmations of
# e-mail addresses that were asked for.
KEEP_ADMIN_LOG_DAYS: int = env.int("KEEP_ADMIN_LOG_DAYS", default=365)
KEEP_CONFIRMATIONS_DAYS: int = env.int("KEEP_CONFIRMATIONS_DAYS", default=30)
# How many days people see when, how and from where they signed in.
KEEP_SIGN_INS_DAYS: int = env.int("KEEP_SIGN_INS_DAYS", default=90)
KEEP_NOTIFICATIONS_DAYS: int = env.int("KEEP_NOTIFICATIONS_DAYS", default=180)  # after they were read
# And what winners gave to receive an award (name, address, payee), once it was handed out or has ended.
KEEP_CLAIM_DAYS: int = env.int("KEEP_CLAIM_DAYS", default=60)

# A correction by staff that changes the scores of so many creators, or so many points of a board, takes two people.
LARGE_CORRECTION_CREATORS: int = env.int("LARGE_CORRECTION_CREATORS", default=50)
LARGE_CORRECTION_POINTS: int = env.int("LARGE_CORRECTION_POINTS", default=1_000_000)

# Whether browsers keep what was seen, to be read offline. Off: they delete what they kept (docs/installable.md).
SERVICE_WORKER: bool = env.bool("SERVICE_WORKER", default=True)

# Whether creators see, on pages that only they see, where they stand while the public boards are frozen.
SHOW_OWN_DURING_FREEZE: bool = env.bool("SHOW_OWN_DURING_FREEZE", default=True)

# Where the public profile of a handle is looked at for the code that shows whose it is, such as
# https://www.example.com/@{handle}; empty: staff look. And whether a claim that is proved is approved by itself.
BIO_CHECK_URL: str = env.str("BIO_CHECK_URL", default="")
APPROVE_PROVED_CLAIMS: bool = env.bool("APPROVE_PROVED_CLAIMS", default=True)

# The folder with PostgreSQL's pg_dump and pg_restore, for backups, where they aren't found by themselves.
POSTGRESQL_PROGRAMS: str = env.str("POSTGRESQL_PROGRAMS", default="")

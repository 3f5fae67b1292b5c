"""The settings of the baselines: the site's, without its middleware and its addresses."""

from livefest.settings.development import *  # noqa: F403
from livefest.settings.development import INSTALLED_APPS

MIDDLEWARE = []
INSTALLED_APPS = ["bench.bare_account.Account" if app == "allauth.account" else app for app in INSTALLED_APPS]
ROOT_URLCONF = "bench.bare"

"""The settings of the baselines: the site's, without its middleware and its addresses."""

from livefest.settings.development import *  # noqa: F403
from livefest.settings.development import INSTALLED_APPS

MIDDLEWARE = []
INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith("allauth")]  # it insists on its middleware
ROOT_URLCONF = "bench.bare"

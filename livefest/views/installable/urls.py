"""What makes the site an app. No slug has a dot, so that none of these can be a fest's."""

from __future__ import annotations

from django.conf import settings
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from livefest.views.installable.manifest import manifest
from livefest.views.installable.offline import offline
from livefest.views.installable.worker import worker


class LanguageConverter(StringConverter):
    """A language that the site is offered in, by its code in settings."""

    regex = "|".join(code for code, _name in settings.LANGUAGES)


register_converter(LanguageConverter, "language")

urlpatterns = [
    path("sw.js", worker, name="worker"),
    path("<language:language>/manifest.webmanifest", manifest, name="manifest"),
    path("<language:language>/offline.html", offline, name="offline"),
]

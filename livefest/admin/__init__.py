"""The staff's pages: the fest and its campaign. Other apps' admins stand on `checks`, `scope` and `paging`."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from livefest.admin import announcements, fests, users

__all__ = ["announcements", "fests", "users"]

admin.site.site_header = admin.site.site_title = _("LIVE Fest staff")

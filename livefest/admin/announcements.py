"""What staff tell everybody."""

from __future__ import annotations

from django.contrib import admin

from livefest.admin.scope import FestScopedAdmin
from livefest.models import Announcement


@admin.register(Announcement)
class AnnouncementAdmin(FestScopedAdmin):
    list_display = ["title", "fest", "published_at", "pinned"]
    list_filter = ["fest", "pinned"]
    list_select_related = ["fest"]
    search_fields = ["title", "text"]
    fields = ["fest", "title", "text", "published_at", "pinned"]

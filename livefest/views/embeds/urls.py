"""What other sites and streams show of a fest."""

from __future__ import annotations

from django.urls import path

from livefest.views.embeds import boards, builder, creators

urlpatterns = [
    path("embed/", builder.embed_builder, name="embed_builder"),
    path("embed/board/<slug:board>/<str:within>/", boards.embed_board, name="embed_board"),
    path("embed/creators/<path:handle>/", creators.embed_creator, name="embed_creator"),
    path("overlay/board/<slug:board>/<str:within>/", boards.overlay_board, name="overlay_board"),
    path("overlay/creators/<path:handle>/", creators.overlay_creator, name="overlay_creator"),
]

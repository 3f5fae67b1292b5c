"""Who may show a page in a frame: nobody, but for what is made for it (docs/embeds.md).

Decorators of views of `public_page`, outside of it: the page is kept with the headers that they lead to.
"""

from __future__ import annotations

from typing import cast

from csp.decorators import csp_replace, csp_update
from django.views.decorators.clickjacking import xframe_options_exempt, xframe_options_sameorigin

from livefest.pages import View


def in_any_frame(view: View) -> View:
    """Any site may show it."""
    return cast(View, xframe_options_exempt(csp_replace({"frame-ancestors": ["*"]})(view)))


def in_own_frames(view: View) -> View:
    """This site may: the page that previews it."""
    return cast(View, xframe_options_sameorigin(csp_replace({"frame-ancestors": ["'self'"]})(view)))


def with_own_frames(view: View) -> View:
    """The page itself has frames that show pages of this site."""
    return cast(View, csp_update({"frame-src": ["'self'"]})(view))

"""What the head of a page says of it to those who share it and find it."""

from __future__ import annotations

from html import unescape

from django import template
from django.template import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from livefest.views.share.structured import as_json, structured
from livefest.views.share.tags import SharedPage, shared

register = template.Library()


@register.simple_block_tag
def capture(content: str) -> str:
    """The text between, in one line, which can stand in an attribute too: for what is said in several places."""
    return escape(unescape(" ".join(content.split())))


@register.simple_tag(takes_context=True)
def shared_page(context: Context) -> SharedPage | None:
    return shared(context)


@register.simple_tag(takes_context=True)
def structured_data(context: Context, page: SharedPage) -> SafeString:
    """As JSON that can stand in a script element, whatever people wrote."""
    return mark_safe(as_json(structured(context, page)))  # noqa: S308  as_json leaves nothing that ends the element

"""Reading and filling in the admin's pages as a browser without JavaScript does."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from livefest.models import Fest


class FormReader(HTMLParser):
    """The values with which the form of the given id would be sent."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside = form_id, False
        self.values: dict[str, Any] = {}
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        elif not self.inside or "disabled" in given:
            return
        elif tag == "select":
            self.select = name
            if "multiple" not in given:  # such a one sends nothing when nothing is chosen
                self.values.setdefault(name, "")
        elif tag == "option" and "selected" in given and self.select:
            self.values[self.select] = given.get("value") or ""
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = ""
        elif tag == "input" and given.get("type") == "checkbox" and "checked" in given:
            self.values[name] = given.get("value", "on")
        elif tag == "input" and name and given.get("type") not in ("submit", "file", "checkbox"):
            self.values[name] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.values[self.textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""


def body(response: HttpResponseBase) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def form_values(client: Client, url: str) -> dict[str, Any]:
    """What the change or add form at `url` sends when nothing is touched."""
    response = client.get(url)
    assert response.status_code == 200
    model = re.search(r'<form [^>]*id="(\w+_form)"', body(response))
    assert model
    reader = FormReader(model[1])
    reader.feed(body(response))
    reader.values.pop("", None)
    return reader.values


def submit(client: Client, url: str, /, **changes: Any) -> HttpResponseBase:
    """Opens the form at `url`, changes some values (None: unticked), and sends it."""
    values = form_values(client, url)
    if "reason" in values:
        values["reason"] = "As asked"
    values |= changes
    return client.post(url, {name: value for name, value in values.items() if value is not None})


def errors(response: HttpResponseBase) -> list[str]:
    """The texts of every list of errors on a page that was refused."""
    assert response.status_code == 200
    lists = re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', body(response), re.DOTALL)
    items = [item for one in lists for item in re.findall(r"<li[^>]*>(.*?)</li>", one, re.DOTALL)]
    return [html.unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]


def messages(response: HttpResponseBase) -> list[str]:
    """The messages at the top of a page."""
    found = re.search(r'<ul class="messagelist">(.*?)</ul>', body(response), re.DOTALL)
    items = re.findall(r"<li[^>]*>(.*?)</li>", found[1], re.DOTALL) if found else []
    return [html.unescape(re.sub(r"<[^>]+>", "", item)).strip() for item in items]


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def delete(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_delete", args=[row.pk])


def add(model: Any, fest: Fest) -> str:
    return f"{reverse(f'admin:{model._meta.app_label}_{model._meta.model_name}_add')}?fest={fest.pk}"


def inline(prefix: str, **row: Any) -> dict[str, Any]:
    """One new row in an inline that has none."""
    row = {"position": 0} | row
    return {f"{prefix}-TOTAL_FORMS": 1} | {f"{prefix}-0-{name}": value for name, value in row.items()}

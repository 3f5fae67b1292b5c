"""What staff write in more than one language: a fieldset for each beside the one that the row is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.db.models import Field, TextField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from livefest.admin.base import ModelForm, PlainAdmin
from livefest.admin.permissions import may_write
from livefest.models import Translated

if TYPE_CHECKING:
    FormBase = ModelForm
    AdminBase = PlainAdmin
else:
    FormBase = AdminBase = object


class TranslationsForm(FormBase):
    """Mixin of forms of translated rows: has a field for each language and text (`name_in`), and puts what they say
    into the row's `translations`. Those of a language that the site has no more stay as they are."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in other_languages():
            texts = self.instance.translations.get(language, {})
            for name in self.instance.TRANSLATED:
                self.initial[name_in(language, name)] = texts.get(name, "")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        translations = {**self.instance.translations}
        for language in other_languages():
            said = {name: cleaned.get(name_in(language, name), "") for name in self.instance.TRANSLATED}
            translations[language] = {name: text for name, text in said.items() if text}
        self.instance.translations = {language: texts for language, texts in translations.items() if texts}
        return cleaned


class TranslatedAdmin(AdminBase):
    """Mixin of admins of translated rows. It stands before the admin's other classes, after `ReasonedAdmin`. Who may
    only look sees the translations as they are stored."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if may_write(self, request, obj):
            form: Any = kwargs.get("form", self.form)
            fields = {
                name_in(language, name): field_for(self.model, name, language)
                for language in other_languages()
                for name in self.model.TRANSLATED
            }
            kwargs["form"] = type(form.__name__, (TranslationsForm, form), fields)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = [*super().get_fieldsets(request, obj)]
        if may_write(self, request, obj):
            names = self.model.TRANSLATED
            return [
                *fieldsets,
                *(
                    (own_name(language), {"fields": [name_in(language, name) for name in names]})
                    for language in other_languages()
                ),
            ]
        return [*fieldsets, (_("Translations"), {"fields": ["translations"]})]


def other_languages() -> list[str]:
    """Those of the site beside the one that everything is written in first."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def own_name(language: str) -> str:
    return str(dict(settings.LANGUAGES)[language])


def name_in(language: str, name: str) -> str:
    """Of the form's field for a text in a language."""
    return f"{name}_in_{language}"


def field_for(model: type[Translated], name: str, language: str) -> forms.Field:
    """May be left empty; else it is held to what the model's own field is."""
    of_model = model._meta.get_field(name)
    assert isinstance(of_model, Field)  # noqa: S101  texts are
    widget: Any = AdminTextareaWidget if isinstance(of_model, TextField) else AdminTextInputWidget
    label = f"{capfirst(str(of_model.verbose_name))} ({own_name(language)})"
    # In a language of its own, which speech and spelling go by; written in its own direction.
    found = of_model.formfield(
        label=label, required=False, help_text="", widget=widget(attrs={"lang": language, "dir": "auto"})
    )
    assert found is not None  # noqa: S101
    return found

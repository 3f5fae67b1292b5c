"""Places in lists that are paged by their last row: a number that the list is ordered by, then a handle."""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import ValidationError

from creators.former import handle_of, is_former
from creators.models.creator import validate_handle


class NoSuchPage(Exception):
    """A page that the list doesn't have."""


class LastRow(NamedTuple):
    """The last row of a page, as the address of the next names it: "NUMBER.KEY" (`creators.former`); `handle` is what
    the list is ordered by."""

    number: int
    handle: str
    key: str

    @classmethod
    def parse(cls, text: str, *, digits: int) -> LastRow | None:
        """None for the first page. Raises NoSuchPage, also for a number of more than so many digits."""
        if not text:
            return None
        number, _dot, key = text.partition(".")
        handle = handle_of(key) if is_former(key) else key
        if handle is None:
            raise NoSuchPage
        try:
            validate_handle(handle)
        except ValidationError as error:
            raise NoSuchPage from error
        if not (number.isascii() and number.isdigit() and len(number) <= digits):
            raise NoSuchPage
        return cls(int(number), handle, key)

    def __str__(self) -> str:
        return f"{self.number}.{self.key}"

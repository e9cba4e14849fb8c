"""The forms of a page, as a browser sends them."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

Fields = dict[str, str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Fields] = {}
        self._fields: Fields | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._fields = self.forms.setdefault(given.get("action") or "", {})
        elif tag == "input" and self._fields is not None and (name := given.get("name")):
            self._fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None


def forms_of(page: str) -> Mapping[str, Fields]:
    """The fields of each form, with the values that the page gives them, by the path that it is sent to."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms

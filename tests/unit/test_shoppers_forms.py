"""The forms of a page as a shopper's browser reads them."""

from __future__ import annotations

from greenlight.rehearsal.shoppers.browser import Answer
from greenlight.rehearsal.shoppers.forms import forms_of
from greenlight.rehearsal.shoppers.ways import patiently

PAGE = """<form action="/logout"><input type="hidden" name="_csrf" value="a&amp;b"><button>Out</button></form>
<input name="stray" value="1">
<form action="/checkout"><input type=hidden name=key value=k1><input name=note></form>"""


def test_each_form_has_its_own_fields_with_the_values_of_the_page() -> None:
    assert forms_of(PAGE) == {"/logout": {"_csrf": "a&b"}, "/checkout": {"key": "k1", "note": ""}}


def test_who_comes_too_early_waits_as_long_as_the_shop_says_and_asks_again() -> None:
    answers = [Answer(429, "", retry_after=5), Answer(429, "", retry_after=2), Answer(303, "")]
    waited: list[float] = []

    answer = patiently(lambda: answers.pop(0), waited.append)

    assert (answer.status, waited) == (303, [5, 2])

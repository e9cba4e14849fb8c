"""Copies of plain data, made in C: a service must not share what it keeps with those who ask for it."""

from __future__ import annotations

import marshal
from copy import deepcopy
from typing import Any, TypeVar

T = TypeVar("T")

WITHOUT_REFERENCES = 2
"""marshal's last version that writes an object as often as it occurs, so that its length is a measure of size."""


def copied(data: T) -> T:
    """A copy of dicts, lists, texts and numbers; slower if there is a subclass of those among them."""
    try:
        copy: T = marshal.loads(packed(data))
    except ValueError:
        return deepcopy(data)
    return copy


def packed(data: Any) -> bytes:
    """The data in a form from which `marshal.loads` makes a new copy each time.

    Raises:
        ValueError: there is something among it that is no plain data.
    """
    return marshal.dumps(data, WITHOUT_REFERENCES)

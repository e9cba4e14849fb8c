"""What somebody planned on: a release that waited for its approval may meet something else live, or another image."""

from __future__ import annotations

import re

import click
from traffic_switch.contract import Color
from traffic_switch.model import Live

from greenlight.errors import ReleaseError
from greenlight.wording import printable

NOTHING = "nothing"


class _Expected(click.ParamType[str]):
    """A color and a version, or nothing at all."""

    name = "COLOR VERSION"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words = value.split()
        if words != [NOTHING] and not (len(words) == 2 and words[0] in set(Color)):
            self.fail(f'got {value!r}; allowed: a color and a version, as in "green 1.4.0", or {NOTHING}', param, ctx)
        return " ".join(words)


class _Digest(click.ParamType[str]):
    """The digest of an image."""

    name = "DIGEST"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch("sha256:[0-9a-f]{64}", value):
            self.fail(f"got {value!r}; allowed: the digest of an image, sha256: and 64 digits", param, ctx)
        return value


EXPECTED = _Expected()
EXPECTED_IMAGE = _Digest()


def require_expected(service: str, live: Live | None, expected: str | None) -> None:
    """Let a release begin only on what it was planned on.

    Raises:
        ReleaseError: something else is live by now.
    """
    found = f"{live.color} {live.version}" if live else NOTHING
    if expected not in (None, found):
        raise ReleaseError(
            printable(
                f"{service}: {found} is live, and this release was planned while {expected} was: something else was"
                " released since. Look what that was (`greenlight history`), then plan this release anew. Nothing was"
                " changed"
            )
        )


def require_expected_image(service: str, version: str, found: str, expected: str | None) -> None:
    """Let a release begin only with the image that was planned: until a version is deployed, its tag can be moved.

    Raises:
        ReleaseError: the version is another image by now.
    """
    if expected not in (None, found):
        raise ReleaseError(
            f"{service}: {version} is the image {found}, and this release was planned with {expected}: the tag was put"
            " on another image since. Look who pushed it, then plan this release anew. Nothing was changed"
        )

"""What the virtual users ask for: kinds of request with their shares, in an order that is the same in every run."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

SHOPPERS = 40
"""Virtual users with a cart; of each kind marked `shopper`, they send one request in turn."""


_PATH = re.compile("/[!-~]*")


class ProfileError(Exception):
    """The profile asks for something that cannot be sent."""


@dataclass(frozen=True)
class RequestKind:
    """One kind of request and how often it is sent, relative to the shares of the others.

    A body is sent in pieces over `body_seconds`, as from a slow line; at once when that is 0.
    """

    method: str
    path: str
    share: int
    body: str | None = None
    shopper: bool = False
    body_seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.share < 1:
            raise ProfileError(f"share of {self.name} must be 1 or more, got {self.share}; leave out what is not sent")
        if not _PATH.fullmatch(self.path):
            raise ProfileError(f"path must start with / and be printable ASCII without spaces, got {self.path!r}")
        if not self.method.isalpha():
            raise ProfileError(f"method must be a word such as GET, got {self.method!r}")
        if self.body_seconds < 0 or (self.body_seconds and not self.body):
            raise ProfileError(f"body_seconds must be 0 or more, and 0 without a body, got {self.body_seconds}")

    @property
    def name(self) -> str:
        """The kind as the record names it."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Profile:
    """A mix of request kinds."""

    kinds: tuple[RequestKind, ...]

    def __post_init__(self) -> None:
        if not self.kinds:
            raise ProfileError("a profile must name at least one kind of request, got none")

    def sequence(self) -> tuple[RequestKind, ...]:
        """Return one round of the mix, each kind as often as its share and as evenly spread as can be.

        This is nginx's smooth weighted round robin: no burst of one kind, and no random numbers.
        """
        total = sum(kind.share for kind in self.kinds)
        credit = dict.fromkeys(self.kinds, 0)
        return tuple(_next_kind(credit, total) for _ in range(total))


def _next_kind(credit: dict[RequestKind, int], total: int) -> RequestKind:
    for kind in credit:
        credit[kind] += kind.share
    chosen = max(credit, key=lambda kind: credit[kind])
    credit[chosen] -= total
    return chosen


def single(path: str) -> Profile:
    """Return the profile that asks for one path alone."""
    return Profile((RequestKind("GET", path, 1),))


def load_profile(path: Path) -> Profile:
    """Read a profile from a JSON list of objects with the fields of RequestKind.

    Raises:
        ProfileError: it is not such a list.
    """
    try:
        return Profile(tuple(RequestKind(**entry) for entry in json.loads(path.read_text())))
    except (OSError, ValueError, TypeError) as error:
        raise ProfileError(f"cannot read profile {path}: {error}; it must be a JSON list of request kinds") from error


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile as `load_profile` reads it."""
    path.write_text(json.dumps([asdict(kind) for kind in profile.kinds], indent=2))


SHOP = Profile(
    (
        RequestKind("GET", "/", 60),
        RequestKind("GET", "/api/products", 60),
        RequestKind("GET", "/products/enamel-mug", 26),
        RequestKind("GET", "/products/hand-grinder", 26),
        RequestKind("GET", "/products/desk-lamp", 26),
        RequestKind("PUT", "/api/cart/items/enamel-mug", 1, body='{"quantity": 1}', shopper=True),
        RequestKind("GET", "/api/cart", 1, shopper=True),
    )
)
"""The shop's visitors: most look, one request in a hundred is about a cart.

More would measure the table of the local cloud, which is far slower than that of AWS, and not the switch.
"""

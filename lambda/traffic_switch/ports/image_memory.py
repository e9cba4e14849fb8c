"""The journal's items of images: `image#<service>#<version>`, which the version guard alone writes."""

from __future__ import annotations

from collections.abc import Collection

from traffic_switch.contract import Color
from traffic_switch.errors import JournalError
from traffic_switch.image import DIGEST, KnownImage, image_key
from traffic_switch.ports.journal_items import Item, plain
from traffic_switch.ports.journal_table import JournalTable, Write


class ImageMemory:
    """What is known of the versions of each service. It never expires: a version is one image for good."""

    def __init__(self, table: JournalTable) -> None:
        self._table = table

    def get(self, service: str, version: str) -> KnownImage | None:
        """What is known of a version; None when it was never deployed.

        Raises:
            JournalError: the item is damaged.
            JournalAwayError: the table refused, or did not answer.
        """
        key = image_key(service, version)
        return image_from_item(self._table.get(key), key)

    def remember(
        self,
        service: str,
        version: str,
        digest: str,
        at: float,
        *,
        by_tag: Collection[Color] = (),
        by_digest: Collection[Color] = (),
    ) -> None:
        """Keep a version's digest, the first time only, and how these colors are named from now on."""
        self._table.update(
            Write(
                image_key(service, version),
                once={"since": at, **({"digest": digest} if digest else {})},
                set={_tag_of(color): True for color in by_tag},
                remove=[_tag_of(color) for color in by_digest],
            )
        )


def image_from_item(item: Item, key: str) -> KnownImage | None:
    """None for an item that is not there.

    Raises:
        JournalError: the item is damaged.
    """
    if not item:
        return None
    raw = plain(item)
    digest = raw.get("digest", "")
    try:
        if not isinstance(digest, str) or (digest and not DIGEST.fullmatch(digest)):
            raise ValueError(f"digest is {digest!r}")
        by_tag = frozenset(color for color in Color if raw.get(_tag_of(color)) is True)
        return KnownImage(digest, float(raw.get("since", 0)), by_tag)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise JournalError(
            f"the journal's item {key} is damaged ({error}): it must have digest (sha256: and 64 hex digits) and since"
            " (Unix seconds). Write them as ECR shows that image, then retry"
        ) from error


def _tag_of(color: Color) -> str:
    return f"{color}_by_tag"

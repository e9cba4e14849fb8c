"""What the journal keeps of a version's image, and what becomes of an item that somebody damaged."""

from __future__ import annotations

from typing import Any

import pytest
from traffic_switch.contract import Color
from traffic_switch.errors import JournalError
from traffic_switch.image import KnownImage, Reference, short
from traffic_switch.ports.image_memory import ImageMemory, image_from_item
from traffic_switch.ports.journal_items import wire
from traffic_switch.ports.journal_table import Write

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
KEY = "image#shop#1.0.0"


def read(**attributes: Any) -> KnownImage | None:
    return image_from_item({name: wire(value) for name, value in attributes.items()}, KEY)


def test_a_version_without_an_item_was_never_deployed() -> None:
    assert read() is None


def test_an_item_says_what_a_version_is_and_which_colors_were_started_by_its_tag() -> None:
    assert read(digest=DIGEST, since=900, green_by_tag=True) == KnownImage(DIGEST, 900.0, frozenset({Color.GREEN}))


def test_a_version_whose_image_was_gone_has_no_digest() -> None:
    assert read(since=900, blue_by_tag=True) == KnownImage("", 900.0, frozenset({Color.BLUE}))


def test_an_item_that_does_not_say_since_when_is_as_good() -> None:
    assert read(digest=DIGEST) == KnownImage(DIGEST, 0.0)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"digest": "sha256:abc"}, "digest is 'sha256:abc'"),
        ({"digest": DIGEST.upper()}, f"digest is '{DIGEST.upper()}'"),
        ({"digest": f"{DIGEST}\n"}, f"digest is '{DIGEST}\\n'"),
        ({"digest": 7}, "digest is Decimal('7')"),
        ({"digest": DIGEST, "since": "long ago"}, "could not convert string to float: 'long ago'"),
        ({"digest": DIGEST, "since": []}, "float() argument must be a string or a real number, not 'list'"),
    ],
    ids=["short", "upper case", "with a line end", "a number", "no time", "a list"],
)
def test_a_damaged_item_is_named_with_what_to_write(damage: dict[str, Any], said: str) -> None:
    with pytest.raises(JournalError) as refused:
        read(**damage)

    assert str(refused.value) == (
        f"the journal's item image#shop#1.0.0 is damaged ({said}): it must have digest (sha256: and 64 hex digits) and"
        " since (Unix seconds). Write them as ECR shows that image, then retry"
    )


class FakeTable:
    """A table that only remembers what was written."""

    def __init__(self) -> None:
        self.writes: list[Write] = []

    def update(self, write: Write) -> None:
        self.writes.append(write)


def test_a_digest_is_written_once_and_how_a_color_names_it_each_time() -> None:
    table = FakeTable()

    ImageMemory(table).remember(  # type: ignore[arg-type]
        "shop", "1.0.0", DIGEST, 900.0, by_tag=[Color.BLUE], by_digest=[Color.GREEN]
    )

    assert table.writes == [
        Write(
            "image#shop#1.0.0",
            once={"since": 900.0, "digest": DIGEST},
            set={"blue_by_tag": True},
            remove=["green_by_tag"],
        )
    ]


def test_an_image_that_is_gone_leaves_room_for_a_digest() -> None:
    table = FakeTable()

    ImageMemory(table).remember("shop", "1.0.0", "", 900.0)  # type: ignore[arg-type]

    assert table.writes == [Write("image#shop#1.0.0", once={"since": 900.0}, remove=[])]


def test_only_the_colors_that_were_started_by_the_tag_have_no_digest() -> None:
    known = KnownImage(DIGEST, 900.0, frozenset({Color.BLUE}))

    assert (known.digest_on(Color.BLUE), known.digest_on(Color.GREEN)) == ("", DIGEST)


def test_an_image_is_named_by_its_digest_and_for_a_host_by_its_version_too() -> None:
    reference = Reference("1.0.0", DIGEST)

    assert (reference.exact, reference.named) == (f"@{DIGEST}", f":1.0.0@{DIGEST}")


def test_without_a_digest_an_image_is_named_by_its_tag() -> None:
    reference = Reference("1.0.0")

    assert (reference.exact, reference.named) == (":1.0.0", ":1.0.0")


def test_people_are_shown_twelve_digits() -> None:
    assert short(DIGEST) == "0123456789ab"

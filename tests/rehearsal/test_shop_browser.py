"""People buy in a real browser while the traffic is moved: at a desk, on a phone, and without JavaScript.

The browser is installed by `make test`: tests/browser/package.json. With GREENLIGHT_PHOTOS=FOLDER every page is
photographed into that folder; docs/results.md shows some of them.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from greenlight.cdk import BIN
from greenlight.project import CHECKOUT
from greenlight.rehearsal.acts.flags import RELEASE
from greenlight.rehearsal.acts.performance import Performance
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.play import Load
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import Order, opened
from greenlight.rehearsal.versions import Cast

FOLDER = CHECKOUT / "tests" / "browser"
ON_LINUX = platform.system() == "Linux" and platform.machine() == "x86_64"
PHOTOS = os.environ.get("GREENLIGHT_PHOTOS", "")
PATIENCE_SECONDS = 200
MOST_BYTES = 100_000
PEOPLE = ("at a desk", "on a phone", "without JavaScript")
BEFORE = (
    "products",
    "search",
    "product",
    "cart",
    "login",
    "login refused",
    "register",
    "account",
    "cart taken over",
    "checkout",
)
AFTER = ("order", "orders", "not found")

pytestmark = [
    pytest.mark.rehearsal,
    pytest.mark.long,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not ON_LINUX, reason="the browser is for Linux on x86-64"),
]

Page = Mapping[str, Any]


@dataclass(frozen=True)
class Shopping:
    """What each person saw, page by page; and what was found on a phone's page with planted faults."""

    people: Mapping[str, Sequence[Page]]
    planted: Page

    def of(self, who: str, name: str) -> Page:
        (page,) = [each for each in self.people[who] if each["name"] == name]
        return page

    @property
    def pages(self) -> Iterator[tuple[str, Page]]:
        for who, pages in self.people.items():
            for page in pages:
                yield f"{who}: {page['name']}", page


@pytest.fixture(scope="module")
def shopping(tmp_path_factory: pytest.TempPathFactory) -> Shopping:
    """Everybody goes to the checkout on blue; green is released; everybody finishes the order."""
    order = Order(
        compute="ec2",
        acts=[],
        cast=Cast("1.0.0", "2.0.0"),
        load=Load(200, 50),
        place=Place(tmp_path_factory.mktemp("rehearsal")),
        more_flags={"release": RELEASE},
    )
    with Progress(Console(quiet=True)) as progress, opened(order, progress) as stage:
        performance = Performance(stage, lambda: None)
        with _shopping(f"http://{performance.lookout.address()}") as browsers:
            planted = _next(browsers)["planted"]
            released = performance.deploy("release")
            assert released.outcome.code == 0, released.outcome.why
            _tell(browsers, "go on")
            return Shopping({each["who"]: each["pages"] for each in _next(browsers)}, planted)


def _shopping(origin: str) -> subprocess.Popen[str]:
    assert (FOLDER / "node_modules").is_dir(), "the browser is not installed: run `make test`, or `npm ci` in it"
    command = ["timeout", str(PATIENCE_SECONDS), str(BIN / "node"), "buy.mjs"]
    browsers = subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _tell(browsers, json.dumps({"origin": origin, "photos": PHOTOS and str(Path(PHOTOS).absolute())}))
    return browsers


def _tell(browsers: subprocess.Popen[str], line: str) -> None:
    assert browsers.stdin
    browsers.stdin.write(f"{line}\n")
    browsers.stdin.flush()


def _next(browsers: subprocess.Popen[str]) -> Any:
    assert browsers.stdout
    line = browsers.stdout.readline()
    assert line, "the browsers ended early; what they said is above"
    return json.loads(line)


@pytest.mark.parametrize("who", PEOPLE)
def test_an_order_that_was_begun_on_blue_is_finished_on_green(shopping: Shopping, who: str) -> None:
    colors = {page["name"]: page["color"] for page in shopping.people[who]}

    assert colors == {**dict.fromkeys(BEFORE, "blue"), **dict.fromkeys(AFTER, "green")}


@pytest.mark.parametrize("who", PEOPLE)
def test_what_was_put_into_the_cart_is_what_was_ordered(shopping: Shopping, who: str) -> None:
    wanted = "Enamel mug\t2"

    assert wanted in shopping.of(who, "checkout")["words"]
    assert wanted in shopping.of(who, "order")["words"]
    assert shopping.of(who, "orders")["words"].count("Enamel mug") == 1


@pytest.mark.parametrize("who", PEOPLE)
def test_a_refused_login_says_so_on_the_page(shopping: Shopping, who: str) -> None:
    assert "There is no account with this e-mail address and password." in shopping.of(who, "login refused")["words"]


def test_planted_faults_are_found(shopping: Shopping) -> None:
    assert [fault for fault in shopping.planted["faults"] if fault.startswith("critical: image-alt")]
    assert shopping.planted["isTooWide"]


def test_every_page_has_the_status_that_it_should(shopping: Shopping) -> None:
    statuses = {page["name"]: page["status"] for _, page in shopping.pages}

    assert statuses == {**dict.fromkeys((*BEFORE, *AFTER), 200), "login refused": 401, "not found": 404}


def test_axe_finds_nothing_on_any_page_where_it_can_run(shopping: Shopping) -> None:
    found = {where: page["faults"] for where, page in shopping.pages if page["faults"]}

    assert found == {}


def test_no_page_is_wider_than_the_screen(shopping: Shopping) -> None:
    assert [where for where, page in shopping.pages if page["isTooWide"]] == []


def test_the_first_page_is_light(shopping: Shopping) -> None:
    for who in PEOPLE:
        assert 1_000 < shopping.of(who, "products")["bytes"] < MOST_BYTES

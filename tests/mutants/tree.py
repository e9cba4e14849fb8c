"""The tree that mutmut works in, below build/: the checkout as links, with `lambda/` under the name `src`.

mutmut names a function after the path of its file and leaves out `src` alone, so that of `lambda/traffic_switch` it
would never find the tests: those know `traffic_switch`. Inside mutmut's copy, `lambda` is a link to the mutated `src`,
which is what pytest's settings put on the import path, and the rest are links to the checkout, for the tests that read
its files.
"""

from __future__ import annotations

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TREE = CHECKOUT / "build" / "mutants"
COPY = TREE / "mutants"
"""Where mutmut puts the mutated sources, the tests and its verdicts."""

_COPIED = ("tests", "pyproject.toml")
_LEFT_OUT = ("lambda", "build", ".git", *_COPIED)


def prepare() -> None:
    """Make the tree anew: verdicts of an earlier run would outlive a change of a test."""
    shutil.rmtree(TREE, ignore_errors=True)
    COPY.mkdir(parents=True)
    (TREE / "src").symlink_to(CHECKOUT / "lambda")
    for name in _COPIED:
        (TREE / name).symlink_to(CHECKOUT / name)
    for entry in CHECKOUT.iterdir():
        if entry.name not in _LEFT_OUT:
            (COPY / entry.name).symlink_to(entry)
    (COPY / "lambda").symlink_to("src")

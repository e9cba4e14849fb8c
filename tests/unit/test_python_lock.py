"""A Python service's lock names packages by version and hash, or it is refused before pip sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from greenlight.processes.process import Finished
from greenlight.project import CHECKOUT
from greenlight.rehearsal.runner.dependencies import provide
from greenlight.rehearsal.runner.errors import VersionError
from greenlight.rehearsal.runner.python_lock import checked_lines

HASH = f"--hash=sha256:{'a' * 64}"


def lock(folder: Path, text: str) -> Path:
    path = folder / "requirements.txt"
    path.write_text(text)
    return path


def test_the_locks_of_this_repository_are_allowed() -> None:
    locks = [*CHECKOUT.glob("services/*/requirements.txt"), CHECKOUT / "requirements.txt"]

    assert all(checked_lines(path) for path in locks)


def test_comments_are_left_out_and_what_is_continued_is_one_line(tmp_path: Path) -> None:
    path = lock(tmp_path, f"# made\nflask[async]==3.1.3 ; python_version >= '3.9' \\\n    {HASH}\n    # via report\n")

    assert checked_lines(path) == [f"flask[async]==3.1.3 ; python_version >= '3.9'  {HASH}"]


@pytest.mark.parametrize(
    "line",
    [
        f"pkg @ file:///tmp/pkg.tar.gz {HASH}",
        f"https://example.com/pkg.tar.gz {HASH}",
        f"./pkg {HASH}",
        "--editable .",
        "--index-url https://example.com",
        "-r more.txt",
        "flask==3.1.3",
        f"flask>=3 {HASH}",
        f"flask==3.* {HASH}",
        f"flask==3.1.3 --config-settings=x=y {HASH}",
        f"flask==3.1.3 ; python_version > '3' -e . {HASH}",
        f"flask==3.1.3 {HASH}\u2028pkg @ file:///tmp/pkg.tar.gz {HASH}",
    ],
)
def test_anything_else_is_refused_by_its_line(line: str, tmp_path: Path) -> None:
    with pytest.raises(VersionError, match=r"requirements\.txt has .*; allowed is name==version --hash"):
        checked_lines(lock(tmp_path, f"{line}\n"))


class FakeProcesses:
    """It notes what it is asked to run, and with which environment."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], Mapping[str, str]]] = []

    def run(self, command: tuple[str, ...], *, environment: Mapping[str, str], **_: Any) -> Finished:
        self.asked.append((command, environment))
        return Finished(0, b"", b"")


def test_a_refused_lock_starts_nothing(tmp_path: Path) -> None:
    processes: Any = FakeProcesses()
    lock(tmp_path, f"pkg @ file:///tmp/pkg.tar.gz {HASH}\n")

    with pytest.raises(VersionError):
        provide(tmp_path, tmp_path / "here", processes)

    assert processes.asked == []


def test_pip_gets_what_was_checked_and_nothing_of_who_rehearses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-mine")
    monkeypatch.setenv("PIP_TIMEOUT", "9")
    processes: Any = FakeProcesses()
    lock(tmp_path, f"# flask\nflask==3.1.3 {HASH}\n")

    provide(tmp_path, tmp_path / "here", processes)

    for _, environment in processes.asked:
        assert "AWS_SECRET_ACCESS_KEY" not in environment
        assert (environment["PIP_TIMEOUT"], environment["HOME"]) == ("9", str(tmp_path.parent))
    assert (tmp_path / processes.asked[-1][0][-1]).read_text() == f"flask==3.1.3 {HASH}\n"

"""What a function's process can import: its own code, and what Lambda's Python runtime ships."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from greenlight.rehearsal.cloud.lambda_functions.code import SHIPPED, link_shipped_packages, unpack


def archive(text: str) -> bytes:
    """Return the same bytes for the same text, whatever the time is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("shop/handler.py"), text)
    return buffer.getvalue()


def test_the_runtime_folder_links_to_what_lambda_ships_and_nothing_else(tmp_path: Path) -> None:
    folder = link_shipped_packages(link_shipped_packages(tmp_path / "runtime"))

    assert {path.stem for path in folder.iterdir()} <= set(SHIPPED)
    assert (folder / "boto3" / "session.py").exists()


def test_the_same_code_is_unpacked_once(tmp_path: Path) -> None:
    first = unpack(archive("one"), tmp_path)
    moment = os.stat(first / "shop" / "handler.py").st_mtime_ns

    assert unpack(archive("one"), tmp_path) == first
    assert os.stat(first / "shop" / "handler.py").st_mtime_ns == moment
    assert unpack(archive("two"), tmp_path) != first
    assert len(list(tmp_path.iterdir())) == 2

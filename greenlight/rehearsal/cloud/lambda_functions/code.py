"""The folders that a function's process sees: its own code, and the packages that Lambda's Python runtime ships."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import zipfile
from pathlib import Path

SHIPPED = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""What the runtime has beside the standard library. A function that imports anything else would fail on AWS."""


def link_shipped_packages(folder: Path) -> Path:
    """Fill a folder with links to the installed packages that the runtime ships, and to no other.

    Links of an earlier run are made anew: the environment may have moved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in SHIPPED:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin)
        source = origin.parent if spec.submodule_search_locations else origin
        link = folder / source.name
        link.unlink(missing_ok=True)
        link.symlink_to(source)
    return folder


def unpack(code_zip: bytes, folder: Path) -> Path:
    """Unpack a function's code once, however many functions and processes share it.

    The folder appears under its name only when it is complete, since processes are started side by side.
    """
    target = folder / hashlib.sha256(code_zip).hexdigest()[:16]
    if target.exists():
        return target
    growing = target.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    with zipfile.ZipFile(io.BytesIO(code_zip)) as archive:
        archive.extractall(growing)
    try:
        growing.rename(target)
    except OSError:
        if not target.exists():
            raise
    return target

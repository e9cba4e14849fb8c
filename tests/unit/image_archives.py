"""Images as `docker save` writes them: a configuration with its history, and layers."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Files = Mapping[str, bytes]


def archive(file: Path, *layers: Files | bytes, history: Sequence[str] = ()) -> Path:
    """Write an image whose layers have these files; a layer that is bytes is written as it is."""
    named = {f"blobs/sha256/{number:064}": each for number, each in enumerate(layers)}
    config = {
        "architecture": "amd64",
        "os": "linux",
        "history": [{"created_by": each} for each in history],
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{name[-64:]}" for name in named]},
    }
    manifest = [{"Config": "config.json", "RepoTags": ["shop:2.0.0"], "Layers": list(named)}]
    written = {name: each if isinstance(each, bytes) else tarred(each) for name, each in named.items()}
    told = {"config.json": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(tarred({**told, **written}))
    return file


def tarred(files: Files) -> bytes:
    """A tar of files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return out.getvalue()


def zipped(files: Files) -> bytes:
    """A layer as some engines save it: compressed already."""
    return gzip.compress(tarred(files), mtime=0)

"""An image as `docker save` writes it: its history, the files of its layers, and what it will weigh in a registry."""

from __future__ import annotations

import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from greenlight.errors import ProjectError
from greenlight.wording import printable

PIECE_BYTES = 1024 * 1024
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class LayerFile:
    """A file of one layer, which a later layer may have deleted: whoever pulls the image has it all the same."""

    path: str
    beginning: bytes
    """Up to 64 KiB, where passwords of package managers would be."""


class ImageArchive:
    """The archive of one image, in Docker's form (image specification v1.2, "Combined image JSON")."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def history(self) -> list[str]:
        """What made each layer, the base's too. With it stand values of arguments and variables.

        Raises:
            ProjectError: the archive is none of an image.
        """
        with self._opened() as archive:
            told = json.loads(_member(archive, self._manifest(archive)["Config"]).read())
            return [str(each.get("created_by", "")) for each in told.get("history", ())]

    def files(self) -> Iterator[LayerFile]:
        """Every file of every layer.

        Raises:
            ProjectError: as above.
        """
        with self._opened() as archive:
            for layer in self._manifest(archive)["Layers"]:
                with tarfile.open(fileobj=_member(archive, layer), mode="r:*") as files:
                    for each in files:
                        found = files.extractfile(each) if each.isfile() else None
                        yield LayerFile(each.name, found.read(65536) if found else b"")

    def pushed_bytes(self) -> int:
        """What the layers weigh compressed, as a registry counts them; one that is there twice counts once.

        Raises:
            ProjectError: as above.
        """
        with self._opened() as archive:
            return sum(_compressed(_member(archive, layer)) for layer in set(self._manifest(archive)["Layers"]))

    @contextmanager
    def _opened(self) -> Iterator[tarfile.TarFile]:
        try:
            with tarfile.open(self._file) as archive:
                yield archive
        except (OSError, EOFError, tarfile.TarError, zlib.error, KeyError, TypeError, ValueError) as error:
            what = f"{self._file} is no archive of one image: {printable(error)}; make it with docker save"
            raise ProjectError(what) from error

    def _manifest(self, archive: tarfile.TarFile) -> Mapping[str, Any]:
        (image,) = json.loads(_member(archive, "manifest.json").read())
        return {"Config": image["Config"], "Layers": image["Layers"] or []}


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(f"{name} is no file of the archive")
    return found


def _compressed(layer: IO[bytes]) -> int:
    """How many bytes are pushed: Docker compresses a layer, unless the archive has it compressed already."""
    first = layer.read(PIECE_BYTES)
    pieces = iter(lambda: layer.read(PIECE_BYTES), b"")
    if first.startswith(GZIP_MAGIC):
        return len(first) + sum(map(len, pieces))
    deflate = zlib.compressobj(wbits=31)
    return sum(len(deflate.compress(each)) for each in (first, *pieces)) + len(deflate.flush())

"""An image of the rehearsal as a build makes it, and as `docker save` writes it."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from greenlight.rehearsal.runner.images import VERSION_ANNOTATION, config_of, digest_of, manifest_of
from greenlight.rehearsal.runner.spec import ImageReference


class RegistryError(Exception):
    """The registry refused it; the text is what it said."""


@dataclass(frozen=True)
class Image:
    """An image without layers: its manifest, its configuration, the labels in that, and the folder that it is of."""

    manifest: str
    config: str
    labels: Mapping[str, str]
    folder: str = ""
    named_by: str = ""
    """The digest by which it was pulled, where that is an index's."""

    @classmethod
    def of(cls, reference: ImageReference, architecture: str, labels: Mapping[str, str], folder: str) -> Image:
        """The image that a build makes of a folder, under its name; which version it is, a label says."""
        version = labels.get(VERSION_ANNOTATION, str(reference.tag))
        manifest = manifest_of(reference.repository, version, architecture, labels)
        return cls(manifest, config_of(architecture, labels), labels, folder)

    @property
    def digest(self) -> str:
        """By which the registry knows it, or the index that it was pulled by."""
        return self.named_by or digest_of(self.manifest)

    def save(self, file: Path) -> None:
        """Write it in Docker's form: one layer that has the folder's files, and the Dockerfile's lines as history.

        An image that was pulled has no files here, as it has none in the registry.
        """
        lines = (Path(self.folder) / "Dockerfile").read_text().splitlines() if self.folder else []
        said = [{"created_by": line} for line in lines if line]
        manifest = json.dumps([{"Config": "config.json", "RepoTags": [], "Layers": ["layer.tar"]}])
        layer = BytesIO()
        with tarfile.open(fileobj=layer, mode="w") as files:
            if self.folder:
                files.add(self.folder, arcname="app")
        rootfs = {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer.getvalue()).hexdigest()}"]}
        config = json.dumps({**json.loads(self.config), "history": said, "rootfs": rootfs})
        with tarfile.open(file, "w") as archive:
            _add(archive, "config.json", config.encode())
            _add(archive, "manifest.json", manifest.encode())
            _add(archive, "layer.tar", layer.getvalue())


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    archive.addfile(about, BytesIO(content))

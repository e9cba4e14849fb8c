"""What a build hands on: the files that its specification names, as a zip archive in the pipeline's bucket.

build-spec-ref, `artifacts`: patterns of files below `base-directory`; the primary artifact is the one without a name.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenlight.rehearsal.cloud.codebuild.buildspec import Files
from greenlight.rehearsal.cloud.codebuild.errors import ServiceError
from greenlight.rehearsal.cloud.codebuild.order import ArtifactPlace


@dataclass(frozen=True)
class Uploads:
    """Puts the artifacts of a build where the pipeline wants them."""

    source: Path
    client: Callable[[str], Any]

    def put(self, places: tuple[ArtifactPlace, ...], files: Mapping[str, Files]) -> None:
        """Upload each artifact that was asked for. Raises ServiceError when one cannot be made."""
        for number, place in enumerate(places):
            wanted = files.get(place.name) or (files.get("") if number == 0 else None)
            if wanted is None:
                raise ServiceError(f"no definition for the artifact {place.name} in the build specification")
            self._upload(place, self._archive(wanted))

    def _upload(self, place: ArtifactPlace, body: bytes) -> None:
        try:
            self.client("s3").put_object(Bucket=place.bucket, Key=place.key, Body=body)
        except Exception as error:
            raise ServiceError(f"the artifact {place.name} cannot be written: {error}") from error

    def _archive(self, wanted: Files) -> bytes:
        base = self.source / wanted.base
        found = sorted(set(self._matching(base, wanted.patterns)))
        if not found:
            raise ServiceError(f"no matching artifact paths found: {', '.join(wanted.patterns)} in {wanted.base}")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for path in found:
                archive.write(path, path.relative_to(base))
        return buffer.getvalue()

    @staticmethod
    def _matching(base: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
        for pattern in patterns:
            yield from (path for path in base.glob(pattern) if path.is_file())

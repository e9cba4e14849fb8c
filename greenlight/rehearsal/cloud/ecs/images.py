"""Images as ECS looks them up before it starts a task."""

from __future__ import annotations

from typing import Any

from ministack.services import ecr

from greenlight.rehearsal.runner.errors import ImageNotFoundError
from greenlight.rehearsal.runner.spec import ImageReference


class TaskImages:
    """Image names and their digests, straight from the local ECR; whether a role may pull is asked at the start."""

    def get_registry_data(self, image: str, **_: Any) -> TaskImages.Stored:
        """Find an image. Raises ImageNotFoundError."""
        reference = ImageReference.parse(image)
        identity = {"imageDigest": reference.digest} if reference.digest else {"imageTag": reference.tag}
        found = ecr._find_image(reference.repository, identity)
        if not found:
            raise ImageNotFoundError(f"manifest for {image} not found: manifest unknown: Requested image not found")
        return TaskImages.Stored(found["imageDigest"])

    def pull(self, image: str, **_: Any) -> TaskImages.Stored:
        """Nothing to do: a start looks at the image, with the role that it has to be pulled with."""
        return TaskImages.Stored(image)

    get = pull

    class Stored:
        """One image; tags are the registry's business."""

        def __init__(self, identity: str) -> None:
            self.id = identity

        def tag(self, *_: Any, **__: Any) -> bool:
            """Say that it has been tagged."""
            return True

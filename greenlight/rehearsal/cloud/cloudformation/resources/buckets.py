"""AWS::S3::Bucket: its tags, which the library's handler ignores.

The CDK's provider that empties a bucket before its deletion does so only when the bucket carries the CDK's tag.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from greenlight.rehearsal.cloud.cloudformation.resources.resource_type import Created, Properties
from greenlight.rehearsal.cloud.requirement import require

TYPE = "AWS::S3::Bucket"


def install() -> None:
    """Let the handler keep tags, on create and on update."""
    require(s3, "_bucket_tags")
    require(provisioners, "_RESOURCE_HANDLERS")
    handlers = provisioners._RESOURCE_HANDLERS
    create, update = handlers[TYPE]["create"], handlers[TYPE]["update"]
    handlers[TYPE] = {**handlers[TYPE], "create": _tagging(create, 1), "update": _tagging(update, 2)}


def _tagging(handler: Callable[..., Created], position: int) -> Callable[..., Created]:
    """Wrap a handler; `position` is where the new properties are among its arguments."""

    def tagged(*arguments: Any) -> Created:
        bucket, attributes = handler(*arguments)
        properties: Properties = arguments[position]
        tags = {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags") or []}
        if tags:
            s3._bucket_tags[bucket] = tags
        else:
            s3._bucket_tags.pop(bucket, None)
        return bucket, attributes

    return tagged

"""The settings that ask for a pipeline, as `cdk.json` or flags give them."""

from __future__ import annotations

from collections.abc import Mapping

CONNECTION = "arn:aws:codeconnections:eu-west-1:123456789012:connection/0f5bdf4e-5b1e-4b5c-9d3a-1f0c8a9e7d21"
PIPELINE: Mapping[str, str] = {
    "pipeline_connection_arn": CONNECTION,
    "pipeline_repository": "acme/storefront",
    "pipeline_branch": "main",
}

"""The value of the preview header that leads to one color, as the secret holds it."""

from __future__ import annotations

import json
from typing import Any

from traffic_switch.contract import PREVIEW_STAGE, Color, preview_name
from traffic_switch.errors import PreviewError


def value(client: Any, secret: str, service: str, color: Color) -> str:
    """Read it anew: a rotation may have been there since it was read last. `client` is boto3's for Secrets Manager.

    What was read stays valid for longer than any function may run (`preview_keys.keyring`).

    Raises:
        PreviewError: the secret has no value for the color.
    """
    text = client.get_secret_value(SecretId=secret, VersionStage=PREVIEW_STAGE)["SecretString"]
    name = preview_name(service, color)
    try:
        return str(json.loads(text)[name])
    except (ValueError, TypeError, KeyError):
        raise PreviewError(
            f"the preview secret holds no value for {name}: run `greenlight rotate-preview`, or deploy GreenlightEdge"
        ) from None

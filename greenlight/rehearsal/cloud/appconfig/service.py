"""AppConfig's data: ministack answers, and here is what a reader needs a permission on, and how often it asks.

Requests for data are signed as those for AppConfig itself are, and ministack then finds no action that they ask for.
Both are about one configuration (service authorization reference, AWS AppConfig, resource type `configuration`). A
session that asks for no interval of its own looks every 60 seconds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.services import appconfig

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.requirement import require

SERVICES = ("appconfig", "appconfigdata")
ACTIONS = {
    "/configurationsessions": "appconfig:StartConfigurationSession",
    "/configuration": "appconfig:GetLatestConfiguration",
}
POLL_SECONDS = 60
POLL_VARIABLE = "GREENLIGHT_FLAG_POLL_SECONDS"
"""Set by tests that cannot wait for a minute."""


def install(context: CloudContext) -> None:
    """Name the configuration that a call is about, and say AWS's interval."""
    del context
    require(iam_actions, "extract_resource_arn", "extract_iam_action")
    require(appconfig, "_DEFAULT_POLL_INTERVAL_SECONDS", "_sessions", "_resolve_application_id")
    require(appconfig, "_resolve_environment_id", "_resolve_configuration_profile_id")
    appconfig._DEFAULT_POLL_INTERVAL_SECONDS = int(os.environ.get(POLL_VARIABLE, POLL_SECONDS))
    iam_actions.extract_resource_arn = _naming_configurations(iam_actions.extract_resource_arn)
    iam_actions.extract_iam_action = _naming_actions(iam_actions.extract_iam_action)


def _naming_actions(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    def extract_iam_action(service: str, method: str, path: str, *rest: Any, **more: Any) -> str | None:
        known = ACTIONS.get(path) if service in SERVICES else None
        return known or extract(service, method, path, *rest, **more)

    return extract_iam_action


def _naming_configurations(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(
        service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any, **more: Any
    ) -> str:
        if service not in SERVICES or path not in ACTIONS:
            return extract(service, method, path, headers, body, *rest, **more)
        query, region, account = rest
        asked = _asked(body) if method == "POST" else _session_of(query)
        return f"arn:aws:appconfig:{region}:{account}:{_configuration(asked)}"

    return extract_resource_arn


def _asked(body: bytes) -> Mapping[str, str]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _session_of(query: Mapping[str, Any]) -> Mapping[str, str]:
    token = query.get("configuration_token", "")
    found: Mapping[str, str] = appconfig._sessions.get(token[0] if isinstance(token, list) else token) or {}
    return found


def _configuration(asked: Mapping[str, str]) -> str:
    """Whoever names something by its name needs the permission on its id; what is not there has its own name."""
    names = [asked.get(f"{each}Identifier", "") for each in ("Application", "Environment", "ConfigurationProfile")]
    application = appconfig._resolve_application_id(names[0]) or names[0]
    environment = appconfig._resolve_environment_id(application, names[1]) or names[1]
    profile = appconfig._resolve_configuration_profile_id(application, names[2]) or names[2]
    return f"application/{application}/environment/{environment}/configuration/{profile}"

"""The settings of a registry: one of each in an account and region, which CloudFormation and the API both write.

Who writes last wins: what another stack, or a person, had set is gone. Source:
docs.aws.amazon.com/AmazonECR/latest/userguide/registry-settings.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, json_response
from ministack.services import ecr

from greenlight.rehearsal.cloud.ecr.operations import Operations, Request, refusal
from greenlight.rehearsal.cloud.requirement import require

SCANNING, REPLICATION, SIGNING = "scanning", "replication", "signing"
CACHES, TEMPLATES = "caches", "templates"
BASIC: Mapping[str, Any] = {"scanType": "BASIC", "rules": []}
NOWHERE: Mapping[str, Any] = {"rules": []}

_settings: Any = AccountRegionScopedDict()


def install(operations: Operations) -> None:
    """Answer for the settings."""
    require(ecr, "_registry_id")
    operations.add("PutRegistryScanningConfiguration", _put_scanning)
    operations.add("GetRegistryScanningConfiguration", _scanning)
    operations.add("PutReplicationConfiguration", _put_replication)
    operations.add("DescribeRegistry", _registry)
    operations.add("PutSigningConfiguration", _put_signing)
    operations.add("GetSigningConfiguration", _signing)
    operations.add("DeleteSigningConfiguration", _delete_signing)
    operations.add("DescribePullThroughCacheRules", _caches)


def setting(name: str) -> Mapping[str, Any] | None:
    """What is set, in the API's words; None for what was never set."""
    found: Mapping[str, Any] | None = _settings.get(name)
    return found


def put(name: str, value: Mapping[str, Any] | None) -> None:
    """Set one, or take it back."""
    if value is None:
        _settings.pop(name, None)
    else:
        _settings[name] = value


def rules(name: str) -> Sequence[Mapping[str, Any]]:
    """The rules of a setting; none where it was never set."""
    found: Sequence[Mapping[str, Any]] = (setting(name) or NOWHERE)["rules"]
    return found


def _put_scanning(request: Request) -> Any:
    put(SCANNING, {**BASIC, **request})
    return json_response({"registryScanningConfiguration": setting(SCANNING)})


def _scanning(_request: Request) -> Any:
    return json_response({"registryId": ecr._registry_id(), "scanningConfiguration": setting(SCANNING) or BASIC})


def _put_replication(request: Request) -> Any:
    put(REPLICATION, request["replicationConfiguration"])
    return json_response({"replicationConfiguration": setting(REPLICATION)})


def _registry(_request: Request) -> Any:
    return json_response(
        {"registryId": ecr._registry_id(), "replicationConfiguration": setting(REPLICATION) or NOWHERE}
    )


def _put_signing(request: Request) -> Any:
    put(SIGNING, request["signingConfiguration"])
    return json_response({"signingConfiguration": setting(SIGNING)})


def _signing(_request: Request) -> Any:
    found = setting(SIGNING)
    if found is None:
        return refusal("SigningConfigurationNotFoundException", "The registry has no signing configuration")
    return json_response({"registryId": ecr._registry_id(), "signingConfiguration": found})


def _delete_signing(_request: Request) -> Any:
    found = setting(SIGNING)
    if found is None:
        return refusal("SigningConfigurationNotFoundException", "The registry has no signing configuration")
    put(SIGNING, None)
    return json_response({"registryId": ecr._registry_id(), "signingConfiguration": found})


def _caches(_request: Request) -> Any:
    return json_response({"pullThroughCacheRules": list((setting(CACHES) or {}).values())})

"""One deployed stack, as CloudFormation describes it: its status, its outputs, its template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from greenlight.credentials import unusable
from greenlight.errors import NotDeployedError
from greenlight.templates import Template

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

IMPATIENT = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})

NEVER_MADE = frozenset({"CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
"""Statuses of a stack whose first deployment came to nothing; it answers with the template that failed."""


class DeployedStack:
    """A stack by its name. Its outputs are read once, its status and its template whenever they are asked for."""

    def __init__(self, name: str, client: CloudFormationClient | None = None) -> None:
        self._name = name
        self._given = client

    @cached_property
    def _client(self) -> CloudFormationClient:
        return self._given or boto3.client("cloudformation", config=IMPATIENT)

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """All outputs.

        Raises:
            NotDeployedError: the stack is not there, or AWS could not be asked.
        """
        found = self._described()
        if found is None:
            raise NotDeployedError(f"the stack {self._name} is not deployed here: run `npx cdk deploy --all` first")
        return {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}

    def output(self, key: str) -> str:
        """One output.

        Raises:
            NotDeployedError: the stack was deployed without it.
        """
        if key not in self.outputs:
            raise NotDeployedError(
                f"the stack {self._name} has no output {key}: it was deployed for other services or by another"
                " version of Greenlight. Run `npx cdk deploy --all` first"
            )
        return self.outputs[key]

    @property
    def status(self) -> str:
        """CloudFormation's status, or an empty string when there is no such stack."""
        found = self._described()
        return found["StackStatus"] if found else ""

    @property
    def id(self) -> str:
        """The stack's ARN, or an empty string when there is no such stack."""
        found = self._described()
        return found.get("StackId", "") if found else ""

    @property
    def template(self) -> Template:
        """What was deployed last and not rolled back; empty when there is no such stack, or none that was ever made."""
        if self.status in NEVER_MADE:
            return {}
        try:
            body = self._client.get_template(StackName=self._name)["TemplateBody"]
        except ClientError as error:
            if "does not exist" in str(error):
                return {}
            raise
        return json.loads(body) if isinstance(body, str) else body

    def _described(self) -> StackTypeDef | None:
        try:
            return self._client.describe_stacks(StackName=self._name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            refused = f"AWS refused to describe the stack {self._name}: {error}"
            raise NotDeployedError(unusable(error) or refused) from error
        except BotoCoreError as error:
            silent = f"AWS could not be asked ({error}): check your credentials and region"
            raise NotDeployedError(unusable(error) or silent) from error

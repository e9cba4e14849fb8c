"""The feature flags of a service in AWS AppConfig, which change without a release."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_appconfig as appconfig
from aws_cdk import aws_iam as iam
from constructs import Construct

READ = ("appconfig:StartConfigurationSession", "appconfig:GetLatestConfiguration")
"""What an application does to have its flags; it may neither change nor deploy them."""
TYPE = "AWS.AppConfig.FeatureFlags"


class ServiceFlags(Construct):
    """Where the flags of one service are kept: an application of AppConfig with one environment and one profile.

    The flags themselves are in no template, since a deploy would put them back: people write and deploy them
    (docs/operations.md, "Feature flags"). Names hold the stage, so that people find them in a list.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, service: str, variable: str) -> None:
        super().__init__(scope, construct_id)
        application = appconfig.CfnApplication(
            self, "Application", name=name, description=f"Greenlight: feature flags of {service}"
        )
        environment = appconfig.CfnEnvironment(
            self,
            "Environment",
            application_id=application.ref,
            name="live",
            description="What both colors read, whichever is live",
        )
        profile = appconfig.CfnConfigurationProfile(
            self,
            "Profile",
            application_id=application.ref,
            name="flags",
            location_uri="hosted",
            type=TYPE,
        )
        self._variable = variable
        self.place = f"{application.ref}/{environment.ref}/{profile.ref}"
        self._read_arn = Stack.of(self).format_arn(
            service="appconfig",
            resource=f"application/{application.ref}/environment/{environment.ref}/configuration",
            resource_name=profile.ref,
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )

    @property
    def variables(self) -> dict[str, str]:
        """What the application is told: the ids of application, environment and profile, parted by slashes."""
        return {self._variable: self.place}

    def grant_read(self, role: iam.Role) -> None:
        """Let a color read these flags, and nothing else of AppConfig."""
        role.add_to_policy(iam.PolicyStatement(actions=list(READ), resources=[self._read_arn]))

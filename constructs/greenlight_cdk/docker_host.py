"""One EC2 host with Docker, on which both colors of every service run as containers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Fn, Stack, Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from constructs import Construct
from traffic_switch.contract import Color

from greenlight_cdk.acknowledge import acknowledge
from greenlight_cdk.color_roles import ColorRoles
from greenlight_cdk.host_first_boot import first_boot_script
from greenlight_cdk.host_role import HostRole
from greenlight_cdk.host_scripts import HostService, image_pattern, run_document, run_script
from greenlight_cdk.log_group import LogGroup
from greenlight_cdk.names import Names
from greenlight_cdk.platforms import Platform, architecture
from greenlight_cdk.service_flags import ServiceFlags
from greenlight_cdk.service_tables import ServiceTable

AMAZON_LINUX = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-"
"""With the processor at its end, EC2 looks this up when it launches a host. CloudFormation would look it up at each
update, and replace the host."""

METADATA_HOPS = 1
"""To the host itself. A container is one hop further, and gets no answer."""

DISK_GIB = 30


class DockerHost(Construct):
    """A host whose user data names no version, so that only a change of the host itself replaces it.

    Versions come from outside, by the document `run_color`; one parameter per color says what is declared by then.
    Both colors share the host's CPU and memory; limits per container keep one from starving the other. Each has a
    network, a user and credentials of its own. `tables`, `secrets` and `flags` are those of each service, by its
    name; secrets also by their variables.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: Names,
        image_repositories: str,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        image_platform: Platform,
        instance_type: str,
        ami_id: str | None,
        renewed_at: str,
        services: Sequence[HostService],
        tables: Mapping[str, Sequence[ServiceTable]],
        secrets: Mapping[str, Mapping[str, secretsmanager.ISecret]],
        flags: Mapping[str, ServiceFlags | None],
        repositories: Sequence[ecr.IRepository],
        container_port: int,
        drain_seconds: int,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._names = names
        self.log_group = LogGroup(self, "ContainerLogs", retention_days=log_retention_days)
        self.declared_images = {
            (service.name, color): self._declare(service, color) for service in services for color in Color
        }
        parameters = list(self.declared_images.values())
        # not "Role": a host of an earlier Greenlight keeps that one, which its containers need until they have moved
        role = HostRole(
            self,
            "OwnRole",
            repositories=repositories,
            log_group=self.log_group,
            parameters=parameters,
            secrets=[secret for own in secrets.values() for secret in own.values()],
        )
        colors = ColorRoles(self, "ColorRoles", host=role.role, tables=tables, flags=flags)
        self._template = self._launch_template(
            role, instance_type, ami_id or AMAZON_LINUX + architecture(image_platform), renewed_at
        )
        self.instance = self._instance(vpc.select_subnets(subnet_type=subnets.subnet_type), security_group)
        self.instance.node.add_dependency(role, colors, *parameters)
        self.run_color = ssm.CfnDocument(
            self,
            "RunColor",
            name=names.run_document,
            document_type="Command",
            document_format="JSON",
            content=run_document(
                script=run_script(
                    region=Aws.REGION,
                    parameters=names.parameters,
                    log_group=self.log_group.log_group_name,
                    container_port=container_port,
                    drain_seconds=drain_seconds,
                    services=services,
                    secrets=_arns(secrets),
                    roles=colors.arns,
                ),
                images=image_pattern(account=Aws.ACCOUNT_ID, region=Aws.REGION, repositories=image_repositories),
            ),
            target_type="/AWS::EC2::Instance",
            update_method="NewVersion",
        )

    def _declare(self, service: HostService, color: Color) -> ssm.StringParameter:
        return ssm.StringParameter(
            self,
            f"{service.name}-{color}",
            parameter_name=self._names.declared_image(service.name, color),
            description=f"Image that {color} of {service.name} is to run: a host refuses a late command for another",
            string_value=service.images[color],
        )

    def _launch_template(
        self, role: HostRole, instance_type: str, image: str, renewed_at: str
    ) -> ec2.CfnLaunchTemplate:
        """Make the template. It carries no tags, since a tag that changed would replace the host.

        `renewed_at` is in it for that very purpose.
        """
        registry = f"{Aws.ACCOUNT_ID}.dkr.ecr.{Aws.REGION}.{Aws.URL_SUFFIX}"
        return ec2.CfnLaunchTemplate(
            self,
            "Template",
            launch_template_data=ec2.CfnLaunchTemplate.LaunchTemplateDataProperty(
                image_id=image,
                instance_type=instance_type,
                iam_instance_profile=ec2.CfnLaunchTemplate.IamInstanceProfileProperty(arn=role.profile.attr_arn),
                user_data=Fn.base64(first_boot_script(registry=registry, region=Aws.REGION, renewed_at=renewed_at)),
                metadata_options=ec2.CfnLaunchTemplate.MetadataOptionsProperty(
                    http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=METADATA_HOPS
                ),
                block_device_mappings=[_disk()],
            ),
        )

    def _instance(self, subnets: ec2.SelectedSubnets, security_group: ec2.ISecurityGroup) -> ec2.CfnInstance:
        instance = ec2.CfnInstance(
            self,
            "Instance",
            launch_template=ec2.CfnInstance.LaunchTemplateSpecificationProperty(
                launch_template_id=self._template.ref, version=self._template.attr_latest_version_number
            ),
            network_interfaces=[
                ec2.CfnInstance.NetworkInterfaceProperty(
                    device_index="0",
                    subnet_id=subnets.subnet_ids[0],
                    group_set=[security_group.security_group_id],
                    associate_public_ip_address=subnets.has_public,
                )
            ],
            monitoring=True,
        )
        Tags.of(instance).add("Name", f"{Stack.of(self).stack_name}/host")
        acknowledge(
            instance,
            "AwsSolutions-EC29",
            "The host keeps no data, and CloudFormation must be able to end it after both colors moved to a new one.",
        )
        for rule, where in (
            ("EC2InstanceProfileAttached", "its launch template"),
            ("EC2InstancesInVPC", "its interface"),
        ):
            acknowledge(
                instance, f"NIST.800.53.R5-{rule}", f"The host has it by {where}, where the rule does not look."
            )
        return instance


def _arns(secrets: Mapping[str, Mapping[str, secretsmanager.ISecret]]) -> dict[str, dict[str, str]]:
    return {
        service: {variable: secret.secret_arn for variable, secret in own.items()} for service, own in secrets.items()
    }


def _disk() -> ec2.CfnLaunchTemplate.BlockDeviceMappingProperty:
    return ec2.CfnLaunchTemplate.BlockDeviceMappingProperty(
        device_name="/dev/xvda",
        ebs=ec2.CfnLaunchTemplate.EbsProperty(
            encrypted=True, volume_type="gp3", volume_size=DISK_GIB, delete_on_termination=True
        ),
    )

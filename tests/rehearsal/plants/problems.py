"""Every problem that is planted in a sound system, and what the doctor has to say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.rehearsal.plants.account import (
    bootstrap_version,
    connection_not_confirmed,
    expired_session,
    registry_told_by_others,
)
from tests.rehearsal.plants.deployed import (
    ADDRESS,
    address_not_confirmed,
    alarm_that_rings,
    every_address_taken,
    image_for_arm,
    lock_of_a_switch,
    rule_changed_by_hand,
    secret_that_goes,
    tag_that_moved,
)
from tests.rehearsal.plants.front_door import DOMAIN, HERE, THERE, certificate, certificate_that_waits, name_leads_to
from tests.rehearsal.plants.ground import Plant, both, declared, variables
from tests.rehearsal.plants.stuck_stack import UNUSED_STACK, stack_in_review, stuck_stack

OTHER_QUALIFIER: Mapping[str, Any] = {"@aws-cdk/core:bootstrapQualifier": "other"}


@dataclass(frozen=True)
class Problem:
    """What is planted, and what the doctor has to say: by which checks, in which words, and whether it fails."""

    name: str
    plant: Plant
    said: Mapping[str, str]
    fails: bool = True


PROBLEMS: Sequence[Problem] = (
    Problem("expired credentials", expired_session, {"credentials": "your AWS credentials have expired"}),
    Problem(
        "an unknown key", variables(AWS_ACCESS_KEY_ID="AKIAPLANTED000000000"), {"credentials": "does not know your"}
    ),
    Problem(
        "another region",
        variables(AWS_REGION="eu-west-1", AWS_DEFAULT_REGION="eu-west-1"),
        {"bootstrap": "never bootstrapped in eu-west-1", "images": "there is no repository"},
    ),
    Problem("an account never bootstrapped", bootstrap_version(None), {"bootstrap": "was never bootstrapped"}),
    Problem("an old bootstrap", bootstrap_version("4"), {"bootstrap": "version 4, which is below 6"}),
    Problem(
        "a bootstrap without its bucket",
        both(bootstrap_version("33", "other"), declared(**OTHER_QUALIFIER)),
        {"bootstrap": "bucket cdk-other-assets"},
    ),
    Problem(
        "a version without an image",
        declared(shop={"green_version": "9.9.9"}),
        {"images": "there is no image greenlight/shop:9.9.9"},
    ),
    Problem(
        "a tag that moved",
        tag_that_moved,
        {"images": "the tag of greenlight/shop:1.0.0 is on sha256:"},
        fails=False,
    ),
    Problem(
        "an image for another processor",
        both(image_for_arm, declared(shop={"green_version": "arm"})),
        {"images": "greenlight/shop:arm is for linux/arm64, and it would run on linux/amd64"},
    ),
    Problem(
        "another version for the live color",
        declared(shop={"blue_version": "2.0.0"}),
        {"traffic": "blue is live with 1.0.0, and cdk.json declares 2.0.0"},
    ),
    Problem(
        "an instance type that does not exist",
        declared(instance_type="t9.medium"),
        {"host": "EC2 knows no instance type t9.medium"},
    ),
    Problem(
        "an instance type that the zone does not have",
        declared(instance_type="m8i.large"),
        {"host": "m8i.large is not offered in us-east-1a"},
    ),
    Problem(
        "a machine image for another processor",
        declared(image_platform="linux/arm64", instance_type="t4g.medium", ami_id="ami-0123456789abcdef0"),
        {
            "host": "t4g.medium has arm64, and the machine image ami-0123456789abcdef0 is for x86_64",
            "images": "greenlight/shop:1.0.0 is for linux/amd64, and it would run on linux/arm64",
        },
    ),
    Problem("an alarm that does not exist", declared(alarm_names=["sales"]), {"alarms": "there is no alarm sales"}),
    Problem(
        "an alarm that rings",
        both(alarm_that_rings, declared(alarm_names=["sales"])),
        {"alarms": "sales is in ALARM: every switch would be refused"},
    ),
    Problem("a rule changed by hand", rule_changed_by_hand, {"traffic": "greenlight repair"}),
    Problem("a switch that runs", lock_of_a_switch, {"traffic": "the switch planted (a release) is running"}),
    Problem(
        "a full quota",
        both(every_address_taken, declared(nat_gateways=1)),
        {"quotas": "EC2-VPC Elastic IPs: 5 of 5 are in use, and a deploy would create 1 more"},
    ),
    Problem("a secret that goes", secret_that_goes, {"preview secret": "is scheduled for deletion"}),
    Problem(
        "a setting that cannot change", declared(vpc_cidr="10.99.0.0/16"), {"settings": "10.99.0.0/16 is asked for"}
    ),
    Problem(
        "a service without a repository",
        declared(
            services={
                name: {"blue_version": "1.0.0", "green_version": "1.0.0", "source": "services/shop", **more}
                for name, more in {
                    "shop": {},
                    "report": {"priority": 102, "blue_port": 3002, "green_port": 3003, "paths": ["/report"]},
                }.items()
            }
        ),
        {"images": "there is no repository greenlight/report"},
    ),
    Problem(
        "a certificate of another region",
        declared(certificate_arn=THERE, domain_name=DOMAIN),
        {"certificate": "of eu-west-1, and the load balancer would be in us-east-1"},
    ),
    Problem(
        "a certificate that is not there",
        declared(certificate_arn=HERE, domain_name=DOMAIN),
        {"certificate": "ACM has no such certificate"},
    ),
    Problem(
        "a certificate for another name",
        certificate("other.example.com"),
        {"certificate": "is for other.example.com, not for shop.example.com"},
    ),
    Problem("an expired certificate", certificate(DOMAIN, days=1 / 86400, wait=1.1), {"certificate": "has expired on"}),
    Problem("a certificate that nobody validated", certificate_that_waits, {"certificate": "is PENDING_VALIDATION"}),
    Problem(
        "a certificate that ends soon",
        certificate("*.example.com", days=10),
        {"certificate": "the certificate expires on"},
        fails=False,
    ),
    Problem(
        "a domain that leads elsewhere",
        both(declared(domain_name=DOMAIN), name_leads_to("203.0.113.9")),
        {"domain": "leads to 203.0.113.9, not to the load balancer (127.0.0.1)"},
        fails=False,
    ),
    Problem(
        "a domain that does not exist",
        both(declared(domain_name=DOMAIN), name_leads_to()),
        {"domain": "does not exist in DNS yet"},
        fails=False,
    ),
    Problem(
        "an address that nobody confirmed",
        both(address_not_confirmed, declared(notify_email=ADDRESS)),
        {"notifications": f"{ADDRESS} has not confirmed the subscription"},
        fails=False,
    ),
    Problem(
        "protection that would go",
        declared(deletion_protection=False),
        {"deletion protection": "the next deploy takes that away"},
        fails=False,
    ),
    Problem(
        "a registry that somebody else tells how to scan",
        both(registry_told_by_others, declared(registry_scanning="enhanced", signing_profile="images")),
        {"registry": "told the registry its scanning: BASIC SCAN_ON_PUSH for team/*. GreenlightGovernance would"},
    ),
    Problem(
        "a registry that somebody else tells what to copy",
        both(registry_told_by_others, declared(replication_regions=["eu-west-1"])),
        {"registry": "told the registry its replication: to eu-central-1 for all repositories. GreenlightGovernance"},
    ),
    Problem(
        "a connection that nobody confirmed",
        connection_not_confirmed,
        {"pipeline": "is PENDING, not AVAILABLE: every run of the pipeline fails in Source"},
    ),
    Problem(
        "an account that never used ECS",
        declared(compute="fargate"),
        {"service-linked roles": "AWSServiceRoleForECS is missing", "settings": "compute is ec2 as deployed"},
    ),
    Problem(
        "a stack that cannot be taken back",
        both(stuck_stack("ROLLBACK_FAILED"), declared(compute="fargate")),
        {
            "stacks": f"{UNUSED_STACK} is in ROLLBACK_FAILED",
            "service-linked roles": "AWSServiceRoleForECS is missing",
            "settings": "compute is ec2 as deployed",
        },
    ),
    Problem(
        "an operation under way",
        both(stuck_stack("CREATE_IN_PROGRESS", Seconds="6"), declared(compute="fargate")),
        {
            "stacks": f"{UNUSED_STACK} is in CREATE_IN_PROGRESS: an operation is under way",
            "service-linked roles": "AWSServiceRoleForECS is missing",
            "settings": "compute is ec2 as deployed",
        },
    ),
    Problem(
        "a change set that was never executed",
        both(stack_in_review, declared(compute="fargate")),
        {
            "stacks": f"{UNUSED_STACK} is in REVIEW_IN_PROGRESS",
            "service-linked roles": "AWSServiceRoleForECS is missing",
            "settings": "compute is ec2 as deployed",
        },
    ),
)

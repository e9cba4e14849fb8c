"""Problems to plant in a sound system, each through AWS's API, the environment or cdk.json, and to take out again."""

from __future__ import annotations

import copy
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from greenlight.rehearsal.account import ACCOUNT, REGION
from greenlight.rehearsal.runner.images import push_image
from tests.rehearsal.local_cloud import eventually, zipped

ADDRESS = "ops@example.com"
DOMAIN = "shop.example.com"
BOOTSTRAP = "/cdk-bootstrap/{}/version"
OTHER_QUALIFIER: Mapping[str, Any] = {"@aws-cdk/core:bootstrapQualifier": "other"}
UNUSED_STACK = "GreenlightFargate"
"""The stack that another `compute` would make."""
REFUSING = """import json, time, urllib.request
def handle(event, context):
    time.sleep(float(event["ResourceProperties"].get("Seconds", "0")))
    answer = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "FAILED", "Reason": "as planted", "PhysicalResourceId": "planted"}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT"))
"""


@dataclass(frozen=True)
class Ground:
    """Where problems are planted: a project whose system is deployed and sound, and its file of names."""

    folder: Path
    hosts: Path

    @contextmanager
    def settings(self, *, shop: Mapping[str, Any] | None = None, **changed: Any) -> Iterator[None]:
        """Change settings in cdk.json, those of the service among them."""
        file = self.folder / "cdk.json"
        before = file.read_text()
        body = json.loads(before)
        body["context"].update(copy.deepcopy(changed))
        body["context"]["services"]["shop"].update(shop or {})
        file.write_text(json.dumps(body))
        try:
            yield
        finally:
            file.write_text(before)

    @contextmanager
    def environment(self, **changed: str) -> Iterator[None]:
        """Change variables."""
        before = dict(os.environ)
        os.environ.update(changed)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def physical(self, stack: str, kind: str) -> str:
        """The physical id of a stack's first resource of a type."""
        found = boto3.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        return next(each["PhysicalResourceId"] for each in found if each["ResourceType"] == kind)


Plant = Callable[[Ground], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Problem:
    """What is planted, and what the doctor has to say: by which checks, in which words, and whether it fails."""

    name: str
    plant: Plant
    said: Mapping[str, str]
    fails: bool = True


def declared(*, shop: Mapping[str, Any] | None = None, **settings: Any) -> Plant:
    """Settings in cdk.json."""
    return lambda ground: ground.settings(shop=shop, **settings)


def variables(**changed: str) -> Plant:
    """The environment."""
    return lambda ground: ground.environment(**changed)


def both(*plants: Plant) -> Plant:
    """Several at once."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        with ExitStack() as stack:
            for plant in plants:
                stack.enter_context(plant(ground))
            yield

    return planted


@contextmanager
def expired_session(ground: Ground) -> Iterator[None]:
    """A session of a role whose time ends at once. AWS lends none for less than 15 minutes, the local cloud does."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam = boto3.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="guest", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    sts = boto3.client("sts", config=Config(parameter_validation=False))
    lent = sts.assume_role(RoleArn=role, RoleSessionName="guest", DurationSeconds=1)["Credentials"]
    time.sleep(1.1)
    try:
        with ground.environment(
            AWS_ACCESS_KEY_ID=lent["AccessKeyId"],
            AWS_SECRET_ACCESS_KEY=lent["SecretAccessKey"],
            AWS_SESSION_TOKEN=lent["SessionToken"],
        ):
            yield
    finally:
        iam.delete_role(RoleName="guest")


def bootstrap_version(value: str | None, qualifier: str = "hnb659fds") -> Plant:
    """What `cdk bootstrap` left in its parameter; None takes it away."""

    @contextmanager
    def planted(_: Ground) -> Iterator[None]:
        ssm, name = boto3.client("ssm"), BOOTSTRAP.format(qualifier)
        found = ssm.get_parameters(Names=[name])["Parameters"]
        put = partial(ssm.put_parameter, Name=name, Type="String", Overwrite=True)
        put(Value=value) if value else ssm.delete_parameter(Name=name)
        try:
            yield
        finally:
            put(Value=found[0]["Value"]) if found else ssm.delete_parameter(Name=name)

    return planted


@contextmanager
def image_for_arm(_: Ground) -> Iterator[None]:
    ecr: Any = boto3.client("ecr")
    push_image(ecr, "greenlight/shop", "arm", "arm64")
    try:
        yield
    finally:
        ecr.batch_delete_image(repositoryName="greenlight/shop", imageIds=[{"imageTag": "arm"}])


@contextmanager
def alarm_that_rings(_: Ground) -> Iterator[None]:
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="sales", Namespace="Shop", MetricName="Sales", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=1, ComparisonOperator="LessThanThreshold", TreatMissingData="breaching",
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="sales", StateValue="ALARM", StateReason="planted")
    try:
        yield
    finally:
        cloudwatch.delete_alarms(AlarmNames=["sales"])


@contextmanager
def rule_changed_by_hand(ground: Ground) -> Iterator[None]:
    elbv2 = boto3.client("elbv2")
    arn = ground.physical("GreenlightEdge", "AWS::ElasticLoadBalancingV2::Listener")
    rules = elbv2.describe_rules(ListenerArn=arn)["Rules"]
    rule = next(each for each in rules if len(each["Actions"][0].get("ForwardConfig", {}).get("TargetGroups", [])) == 2)
    before = rule["Actions"]
    changed = copy.deepcopy(before)
    for group in changed[0]["ForwardConfig"]["TargetGroups"]:
        group["Weight"] = 50
    elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=changed)
    try:
        yield
    finally:
        elbv2.modify_rule(RuleArn=rule["RuleArn"], Actions=before)


@contextmanager
def lock_of_a_switch(ground: Ground) -> Iterator[None]:
    """The lock as a running switch holds it."""
    journal = "GreenlightData"
    outputs = boto3.client("cloudformation").describe_stacks(StackName=journal)["Stacks"][0]["Outputs"]
    table = boto3.resource("dynamodb").Table(
        next(each["OutputValue"] for each in outputs if each["OutputKey"] == "JournalTableName")
    )
    key = {table.key_schema[0]["AttributeName"]: "lock#shop"}
    now = int(time.time())
    before = table.get_item(Key=key).get("Item")
    table.put_item(
        Item={**key, "owner": "planted", "epoch": 9, "reason": "a release", "since": now, "deadline": now + 600}
    )
    try:
        yield
    finally:
        table.put_item(Item=before) if before else table.delete_item(Key=key)


@contextmanager
def every_address_taken(_: Ground) -> Iterator[None]:
    ec2 = boto3.client("ec2")
    taken = [ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(5)]
    try:
        yield
    finally:
        for each in taken:
            ec2.release_address(AllocationId=each)


@contextmanager
def secret_that_goes(ground: Ground) -> Iterator[None]:
    secrets = boto3.client("secretsmanager")
    arn = ground.physical("GreenlightEdge", "AWS::SecretsManager::Secret")
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)
    try:
        yield
    finally:
        secrets.restore_secret(SecretId=arn)


@contextmanager
def address_not_confirmed(ground: Ground) -> Iterator[None]:
    sns, topic = boto3.client("sns"), ground.physical("GreenlightSwitch", "AWS::SNS::Topic")
    asked = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=ADDRESS, ReturnSubscriptionArn=True)
    try:
        yield
    finally:
        sns.unsubscribe(SubscriptionArn=asked["SubscriptionArn"])


def certificate(name: str, *, days: float = 90, wait: float = 0) -> Plant:
    """An imported certificate for a name, and the domain. ACM takes none that has expired already, so one waits."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        acm = boto3.client("acm")
        arn = acm.import_certificate(**self_signed(name, timedelta(days)))["CertificateArn"]
        time.sleep(wait)
        try:
            with ground.settings(certificate_arn=arn, domain_name=DOMAIN):
                yield
        finally:
            acm.delete_certificate(CertificateArn=arn)

    return planted


@contextmanager
def certificate_that_waits(ground: Ground) -> Iterator[None]:
    acm = boto3.client("acm")
    arn = acm.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]
    try:
        with ground.settings(certificate_arn=arn, domain_name=DOMAIN):
            yield
    finally:
        acm.delete_certificate(CertificateArn=arn)


def name_leads_to(*addresses: str) -> Plant:
    """What the domain's names lead to, for whoever looks them up."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        before = ground.hosts.read_text()
        ground.hosts.write_text("".join(f"{address} {DOMAIN}\n" for address in addresses))
        try:
            yield
        finally:
            ground.hosts.write_text(before)

    return planted


def stuck_stack(status: str, **properties: str) -> Plant:
    """A stack whose only resource refuses everything: it can be neither created nor taken back."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        cloudformation = boto3.client("cloudformation")
        with refusing_function() as function:
            resource = {"Type": "Custom::Planted", "Properties": {"ServiceToken": function, **properties}}
            cloudformation.create_stack(
                StackName=UNUSED_STACK, TemplateBody=json.dumps({"Resources": {"Planted": resource}})
            )
            eventually(lambda: stack_status() == status)
            try:
                yield
            finally:
                _remove()

    return planted


@contextmanager
def stack_in_review(_: Ground) -> Iterator[None]:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    boto3.client("cloudformation").create_change_set(
        StackName=UNUSED_STACK, ChangeSetName="planted", ChangeSetType="CREATE", TemplateBody=json.dumps(template)
    )
    try:
        yield
    finally:
        _remove()


def stack_status() -> str:
    """The status of the planted stack, empty when there is none."""
    cloudformation = boto3.client("cloudformation")
    try:
        return str(cloudformation.describe_stacks(StackName=UNUSED_STACK)["Stacks"][0]["StackStatus"])
    except cloudformation.exceptions.ClientError:
        return ""


@contextmanager
def refusing_function() -> Iterator[str]:
    """A function that answers every request of CloudFormation with FAILED."""
    iam, functions = boto3.client("iam"), boto3.client("lambda")
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="planted", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    made = functions.create_function(
        FunctionName="planted", Runtime="python3.14", Handler="index.handle", Role=role, Timeout=30,
        Code={"ZipFile": zipped({"index.py": REFUSING})},
    )  # fmt: skip
    try:
        yield made["FunctionArn"]
    finally:
        functions.delete_function(FunctionName="planted")
        iam.delete_role(RoleName="planted")


def _remove() -> None:
    """Delete the planted stack; a resource that refuses this too is left where it is, which is nowhere."""
    cloudformation = boto3.client("cloudformation")
    eventually(lambda: stack_status() == "REVIEW_IN_PROGRESS" or not stack_status().endswith("_IN_PROGRESS"))
    cloudformation.delete_stack(StackName=UNUSED_STACK)
    eventually(lambda: stack_status() in ("", "DELETE_FAILED"))
    if stack_status():
        cloudformation.delete_stack(StackName=UNUSED_STACK, RetainResources=["Planted"])
    eventually(lambda: not stack_status())


def self_signed(name: str, valid: timedelta) -> Mapping[str, bytes]:
    """A certificate that its own key has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    itself = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(itself)
        .issuer_name(itself)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {"Certificate": made.public_bytes(Encoding.PEM), "PrivateKey": private}


HERE, THERE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/none", f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/none"

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
        "an instance type with another processor",
        declared(instance_type="t4g.medium"),
        {"host": "t4g.medium has arm64, and Amazon Linux 2023"},
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
        both(stuck_stack("CREATE_IN_PROGRESS", Seconds="2"), declared(compute="fargate")),
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

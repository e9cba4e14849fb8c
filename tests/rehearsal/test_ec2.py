"""An instance that boots: its user data starts a container, and what it may not do, it cannot do."""

from __future__ import annotations

import json
import os
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from greenlight.rehearsal.account import REGION
from tests.rehearsal.compute_cloud import REGISTRY, ComputeCloud, compute_cloud, eventually, offered
from tests.rehearsal.template_pieces import open_network

pytestmark = pytest.mark.rehearsal

USER_DATA = f"""#!/bin/bash
set -eu
dnf install -y docker amazon-ecr-credential-helper
systemctl enable --now docker
image="$(aws ssm get-parameter --name /image --query Parameter.Value --output text --region {REGION})"
docker run --detach --name shop-blue --label greenlight=spec --restart unless-stopped --publish 3000:3000 \\
  --env ENVIRONMENT=blue --env VERSION="${{image##*:}}" --env PORT=3000 "$image"
"""
SHEBANG = "#!/bin/bash\n"
SERVICE = """import socket
with socket.socket(fileno=3) as opened:
    while True:
        with opened.accept()[0] as asked:
            asked.recv(4096)
            asked.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nof the host")
"""
BROKER = f"""{SHEBANG}
set -eu
units="$HOME/etc/systemd/system" files="$HOME/var/lib/greenlight"
mkdir -p "$units" "$files"
printf token >"$files/token"
cat >"$files/broker.py" <<'END'
{SERVICE}END
printf '[Socket]\\nListenStream=169.254.170.2:80\\n' >"$units/broker.socket"
printf '[Service]\\nExecStart=/usr/bin/python3 /var/lib/greenlight/broker.py\\n' >"$units/broker.service"
systemctl enable --now broker.socket broker.service
"""
TOLD = (
    "--env AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.2/credentials"
    " --env AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/token"
    ' --mount "type=bind,source=$files/token,target=/run/token,readonly"'
)
PULL = [
    "ecr:GetAuthorizationToken",
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
]


def stack(*actions: str) -> dict[str, Any]:
    """One instance, in a subnet of its own, with a role that may do these things and nothing else."""
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
    types = {
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": [policy]}),
        "Profile": ("IAM::InstanceProfile", {"Roles": [{"Ref": "Role"}]}),
        "Instance": (
            "EC2::Instance",
            {
                "SubnetId": {"Ref": "Subnet"},
                "IamInstanceProfile": {"Ref": "Profile"},
                "UserData": b64encode(USER_DATA.encode()).decode(),
            },
        ),
    }
    own = {name: {"Type": f"AWS::{kind}", "Properties": properties} for name, (kind, properties) in types.items()}
    return {**open_network(), **own, "Instance": {**own["Instance"], "DependsOn": ["Way", "Use"]}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComputeCloud]:
    with compute_cloud(tmp_path_factory.mktemp("cloud"), auth=True) as cloud:
        cloud.push("1.0.0")
        cloud.client("ssm").put_parameter(Name="/image", Type="String", Value=f"{REGISTRY}/greenlight/shop:1.0.0")
        yield cloud


def of_host(cloud: ComputeCloud, instance: str) -> list[dict[str, Any]]:
    return [each for each in cloud.control("containers") if each["host"] == instance]


def environment_of(container: dict[str, Any]) -> dict[str, str]:
    """What the container says its environment is."""
    seen: dict[str, str] = {}

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{container['port']}/", timeout=5) as answer:
                seen.update(json.load(answer))
        except OSError:
            return False
        return True

    eventually(answers)
    return seen


def log_of(cloud: ComputeCloud, instance: str) -> str:
    log = cloud.run_dir / "logs" / f"host-{instance}.log"
    return log.read_text() if log.is_file() else ""


def test_user_data_starts_a_container_with_the_roles_credentials(cloud: ComputeCloud) -> None:
    instance = cloud.deploy("Boot", stack("ssm:GetParameter", *PULL), Id={"Ref": "Instance"})["Id"]
    eventually(lambda: bool(of_host(cloud, instance)))
    container = of_host(cloud, instance)[0]
    seen = environment_of(container)
    assert (container["name"], container["version"], container["state"]) == ("shop-blue", "1.0.0", "running")
    caller = cloud.client("sts", **offered(seen)).get_caller_identity()["Arn"]
    assert caller.startswith("arn:aws:sts::000000000000:assumed-role/")
    assert caller.endswith(f"/{instance}")


def test_a_container_gets_no_answer_of_metadata_that_is_one_hop_far(cloud: ComputeCloud) -> None:
    """EC2: AWSEC2/latest/UserGuide/instancedata-data-retrieval.html, hop limit."""
    near = stack("ssm:GetParameter", *PULL)
    template = {"LaunchTemplateData": {"MetadataOptions": {"HttpPutResponseHopLimit": 1}}}
    near["Template"] = {"Type": "AWS::EC2::LaunchTemplate", "Properties": template}
    near["Instance"]["Properties"]["LaunchTemplate"] = {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"}
    instance = cloud.deploy("Near", near, Id={"Ref": "Instance"})["Id"]
    eventually(lambda: bool(of_host(cloud, instance)))

    assert not [name for name in environment_of(of_host(cloud, instance)[0]) if "CREDENTIALS" in name]


def test_a_container_is_led_to_the_service_of_its_host_that_it_was_told_of(cloud: ComputeCloud) -> None:
    served = stack("ssm:GetParameter", *PULL)
    told = f"{BROKER}{USER_DATA.removeprefix(SHEBANG)}".replace("--publish", f"{TOLD} --publish")
    served["Instance"]["Properties"]["UserData"] = b64encode(told.encode()).decode()
    instance = cloud.deploy("Served", served, Id={"Ref": "Instance"})["Id"]
    eventually(lambda: bool(of_host(cloud, instance)), 30)

    seen = environment_of(of_host(cloud, instance)[0])
    assert Path(seen["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text() == "token"
    with urllib.request.urlopen(seen["AWS_CONTAINER_CREDENTIALS_FULL_URI"], timeout=5) as answer:
        assert answer.read() == b"of the host"


def test_a_terminated_instance_takes_its_containers_along(cloud: ComputeCloud) -> None:
    instance = cloud.deploy("Ended", stack("ssm:GetParameter", *PULL), Id={"Ref": "Instance"})["Id"]
    eventually(lambda: bool(of_host(cloud, instance)))
    pid = of_host(cloud, instance)[0]["pid"]

    cloud.delete("Ended")

    eventually(lambda: not of_host(cloud, instance))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_role_that_may_not_read_the_parameter_fails_the_boot(cloud: ComputeCloud) -> None:
    instance = cloud.deploy("Blind", stack(*PULL), Id={"Ref": "Instance"})["Id"]

    eventually(lambda: "AccessDeniedException" in log_of(cloud, instance))
    assert of_host(cloud, instance) == []


def test_a_role_that_may_not_pull_fails_the_boot(cloud: ComputeCloud) -> None:
    instance = cloud.deploy("Poor", stack("ssm:GetParameter"), Id={"Ref": "Instance"})["Id"]

    eventually(lambda: "pull access denied" in log_of(cloud, instance))
    assert of_host(cloud, instance) == []


def test_an_instance_without_a_way_to_the_registry_cannot_pull(cloud: ComputeCloud) -> None:
    """AWS: AmazonECR/latest/userguide/vpc-endpoints.html, what a pull needs without the internet."""
    closed = stack("ssm:GetParameter", *PULL)
    del closed["Way"]
    closed["Instance"]["DependsOn"] = ["Use"]
    instance = cloud.deploy("Closed", closed, Id={"Ref": "Instance"})["Id"]

    eventually(lambda: "Client.Timeout exceeded while awaiting headers" in log_of(cloud, instance))
    assert of_host(cloud, instance) == []


def test_stopping_an_instance_is_refused_rather_than_pretended(cloud: ComputeCloud) -> None:
    with pytest.raises(ClientError, match="not rehearsed"):
        cloud.client("ec2").stop_instances(InstanceIds=["i-0123456789abcdef0"])

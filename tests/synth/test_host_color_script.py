"""What the scripts of the EC2 host admit, and that AWS takes them as they are."""

from __future__ import annotations

import ast
import json
import re

import pytest
from greenlight_cdk.host_first_boot import END_OF_FILE, FILES, LARGEST_BYTES, first_boot_script
from greenlight_cdk.host_scripts import END, SCRIPTS, image_pattern, run_document
from greenlight_cdk.names import PRODUCTION, Names

from tests.synth.host_script import REGISTRY, SHOP_1, SHOP_BY_TAG, color_script, exact


@pytest.mark.parametrize(
    ("image", "admitted"),
    [
        (SHOP_1, True),
        (SHOP_BY_TAG, True),
        (exact(SHOP_1), False),
        (SHOP_1[:-1], False),
        (f"{SHOP_1}1", False),
        (f"{SHOP_1}@sha256:{'2' * 64}", False),
        (SHOP_1.replace("sha256", "md5"), False),
        (f"{SHOP_BY_TAG}@sha256:{'A' * 64}", False),
        (f"{SHOP_1} x", False),
        (f"{REGISTRY}.cn/greenlight/order-report:v2_rc.1", True),
        (f"{REGISTRY}/greenlight/shop", False),
        (f"{REGISTRY}/greenlight/shop:1.0'; reboot; '", False),
        (f"{REGISTRY}/another/shop:1.0.0", False),
        (f"{REGISTRY}/greenlight/a/b:1.0.0", False),
        (f"{REGISTRY}/greenlight-staging/shop:1.0.0", False),
        (SHOP_1.replace("123456789012", "210987654321"), False),
        (SHOP_1.replace("eu-west-1", "us-east-1"), False),
        (SHOP_1.replace(".dkr", "-dkr"), False),
        (f"evil.example/{SHOP_1}", False),
        ("docker.io/library/nginx:latest", False),
    ],
)
def test_the_document_admits_images_of_its_own_account_and_stage_only(image: str, admitted: bool) -> None:
    assert bool(re.search(_pattern(PRODUCTION), image)) is admitted


def test_a_stage_s_document_admits_its_own_images() -> None:
    staging = Names("staging")

    assert re.search(_pattern(staging), f"{REGISTRY}/{staging.repository('shop')}:1.0.0")


def _pattern(names: Names) -> str:
    return image_pattern(account="123456789012", region="eu-west-1", repositories=names.repositories)


def test_the_document_is_within_systems_managers_limit_with_more_services_than_the_functions_can_be_told_of() -> None:
    """A document has 64 KB at most (AWS General Reference, Systems Manager quotas)."""
    assert len(json.dumps(run_document(script=color_script(more=12), images=""))) < 64_000


def test_the_script_holds_nothing_that_the_document_would_replace_or_end_at() -> None:
    assert "{{" not in color_script()
    assert END not in color_script()


def test_what_runs_on_the_host_fetches_nothing_but_the_declared_image_its_secrets_and_packages() -> None:
    shell = color_script() + first_boot_script(registry=REGISTRY, region="eu-west-1", renewed_at="never")

    assert [line.strip() for line in shell.splitlines() if re.search(r"aws |curl|wget|dnf", line)] == [
        'aws ssm get-parameter --name "$parameters/$service/$color" --query Parameter.Value --output text'
        ' --region "$region"',
        'value="$(aws secretsmanager get-secret-value --secret-id "$secret" --query SecretString --output text'
        ' --region "$region")" ||',
        "if dnf install -y docker amazon-ecr-credential-helper; then break; fi",
    ]


def test_the_first_boot_is_within_ec2s_limit_and_ends_no_file_early() -> None:
    longest = first_boot_script(
        registry=REGISTRY.replace("eu-west-1", "ap-northeast-1"),
        region="ap-northeast-1",
        renewed_at="2026-11-22T10:55Z",
    )

    assert len(longest.encode()) <= LARGEST_BYTES
    assert longest.splitlines().count(END_OF_FILE) == len(FILES)


def test_the_broker_is_python_that_amazon_linux_2023_has() -> None:
    """It has Python 3.9 (Amazon Linux 2023 user guide, "Python in AL2023")."""
    ast.parse((SCRIPTS / "credentials.py").read_text(), feature_version=(3, 9))

"""What the scripts of the EC2 host admit, and that AWS takes them as they are."""

from __future__ import annotations

import re

import pytest
from greenlight_cdk.host_scripts import IMAGE_PATTERN

from tests.unit.host_script import REGISTRY, SHOP_1, color_script


@pytest.mark.parametrize(
    ("image", "admitted"),
    [
        (SHOP_1, True),
        (f"{REGISTRY}.cn/greenlight/order-report:v2_rc.1", True),
        (f"{REGISTRY}/greenlight/shop", False),
        (f"{REGISTRY}/greenlight/shop:1.0'; reboot; '", False),
        ("docker.io/library/nginx:latest", False),
    ],
)
def test_the_document_admits_images_of_an_ecr_registry_only(image: str, admitted: bool) -> None:
    assert bool(re.search(IMAGE_PATTERN, image)) is admitted


def test_the_script_fits_a_standard_parameter_with_more_services_than_the_functions_can_be_told_of() -> None:
    assert len(color_script(more=12)) < 4096 - 200, "names that AWS generates are up to 200 characters longer"


def test_the_script_holds_nothing_that_parameter_store_takes_for_a_reference() -> None:
    assert "{{" not in color_script()

"""People's rights as data: one place for each fact, and nothing that only the switch may do."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase

import pytest
from greenlight_cdk.people_rights import EVERYWHERE, PEOPLE, RIGHTS, Person, doctor, document

from greenlight.doctor.unreadable import POLICY
from greenlight.project import CHECKOUT
from stacks.settings import Settings, SettingsError

SERVICES = {"shop": {"blue_version": "1.0.0", "green_version": "1.0.0"}}
SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_shop_0123456789abcdef"


def test_the_doctors_policy_is_the_one_that_a_viewer_has() -> None:
    assert json.loads((CHECKOUT / POLICY).read_text()) == document(doctor(EVERYWHERE))


@pytest.mark.parametrize("person", PEOPLE)
def test_whoever_does_something_may_look(person: Person) -> None:
    assert RIGHTS[person](EVERYWHERE)[: len(RIGHTS["Viewer"](EVERYWHERE))] == RIGHTS["Viewer"](EVERYWHERE)


def test_a_viewer_only_reads() -> None:
    reads = ("Describe", "Get", "List", "Scan", "BatchGet")

    assert all(
        action.partition(":")[2].startswith(reads) for each in RIGHTS["Viewer"](EVERYWHERE) for action in each.actions
    )


@pytest.mark.parametrize("table", ["GreenlightData-RequestsC42AC379-1", "GreenlightData-CartsEE95721F-1"])
def test_nobody_reads_items_that_are_not_the_journals(table: str) -> None:
    reading = [
        each.resources
        for person in PEOPLE
        for each in RIGHTS[person](EVERYWHERE)
        if {"dynamodb:GetItem", "dynamodb:Scan", "dynamodb:UpdateItem"} & set(each.actions)
    ]

    assert set(reading) == {(EVERYWHERE.journal,)}
    assert table.partition("-")[2] not in EVERYWHERE.journal


def settings(**changed: object) -> Settings:
    return Settings.from_context({"services": SERVICES, **changed})


def test_people_have_no_stack_unless_it_is_asked_for() -> None:
    assert not settings().access


def test_principals_are_read_by_kind_of_person() -> None:
    read = settings(access="true", access_viewers=f"{SSO},arn:aws:iam::111122223333:root", access_breakers=[SSO])

    assert read.principals == {
        "Viewer": (SSO, "arn:aws:iam::111122223333:root"),
        "Releaser": (),
        "Approver": (),
        "Breaker": (SSO,),
    }


@pytest.mark.parametrize(
    "principal", ["*", "arn:aws:iam::*:role/x", "arn:aws:sts::111122223333:assumed-role/x/y", "ann"]
)
def test_whoever_is_no_principal_of_an_account_is_refused(principal: str) -> None:
    with pytest.raises(SettingsError, match=r"access_breakers: got .*; allowed: ARNs of IAM roles, users or accounts"):
        settings(access=True, access_breakers=[principal])


def test_principals_without_the_stack_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"access_releasers: got .* while access is false; allowed: nobody, or"):
        settings(access_releasers=SSO)


def test_what_builds_keep_is_no_image_that_the_doctor_reads() -> None:
    """All stages of all builds are in there: whoever may read a service must not read them."""

    def reads(repository: str) -> bool:
        arn = f"arn:aws:ecr:eu-west-1:123456789012:repository/{repository}"
        return any(fnmatchcase(arn, pattern) for pattern in EVERYWHERE.images)

    assert [reads(each) for each in ("greenlight/shop", "greenlight-staging/shop")] == [True, True]
    assert not any(reads(each) for each in ("greenlight.cache/shop", "greenlight.cache-staging/shop"))

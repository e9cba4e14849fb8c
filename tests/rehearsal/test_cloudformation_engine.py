"""Custom resources in the local cloud: their requests, their answers, and what a failed one leaves behind."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.provider_lab import Lab, started_lab

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with started_lab(tmp_path_factory.mktemp("cloud")) as lab:
        yield lab


COLOR = {"Color": {"Value": {"Fn::GetAtt": ["Thing", "Color"]}}}


def test_a_custom_resource_lives_through_create_update_and_delete(lab: Lab) -> None:
    assert (
        lab.deploy("life", {"Thing": lab.resource(Color="blue", Count=1, Fast=True)}, Outputs=COLOR)
        == "CREATE_COMPLETE"
    )
    assert lab.outputs("life") == {"Color": "blue"}
    assert lab.deploy("life", {"Thing": lab.resource(Color="green")}) == "UPDATE_COMPLETE"
    lab.stacks.delete_stack(StackName="life")
    eventually(lambda: len(lab.requests("life")) == 3)

    create, update, delete = lab.requests("life")
    assert [event["RequestType"] for event in (create, update, delete)] == ["Create", "Update", "Delete"]
    sent = create["ResourceProperties"]
    assert (sent["Color"], sent["Count"], sent["Fast"]) == ("blue", "1", "true")
    assert "PhysicalResourceId" not in create
    assert update["PhysicalResourceId"] == delete["PhysicalResourceId"] == "one"
    assert (update["OldResourceProperties"]["Color"], update["ResourceProperties"]["Color"]) == ("blue", "green")


def test_a_failed_update_is_sent_back_with_the_properties_exchanged(lab: Lab) -> None:
    lab.deploy("back", {"Thing": lab.resource(Color="blue")}, Outputs=COLOR)

    assert lab.deploy("back", {"Thing": lab.resource(Color="green", Update="fail")}) == "UPDATE_ROLLBACK_COMPLETE"

    _, forward, back = lab.requests("back")
    assert (forward["StackStatus"], back["StackStatus"]) == ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")
    assert (back["ResourceProperties"]["Color"], back["OldResourceProperties"]["Color"]) == ("blue", "green")
    assert lab.outputs("back") == {"Color": "blue"}
    (failed,) = [event for event in lab.events("back") if event["ResourceStatus"] == "UPDATE_FAILED"]
    assert failed["ResourceStatusReason"].startswith(
        "Received response status [FAILED] from custom resource. Message returned: 0 of 2 healthy (RequestId: "
    )


def test_a_create_that_failed_is_deleted_under_the_id_it_gave(lab: Lab) -> None:
    assert lab.deploy("born", {"Thing": lab.resource(Create="fail", Id="half")}) == "ROLLBACK_COMPLETE"

    create, delete = lab.requests("born")
    assert (create["RequestType"], delete["RequestType"]) == ("Create", "Delete")
    assert delete["PhysicalResourceId"] == "half"
    assert lab.statuses("born", "Thing") == [
        "CREATE_IN_PROGRESS",
        "CREATE_FAILED",
        "DELETE_IN_PROGRESS",
        "DELETE_COMPLETE",
    ]


def test_a_create_that_failed_in_an_update_is_deleted_too(lab: Lab) -> None:
    lab.deploy("grown", {"Thing": lab.resource()})

    status = lab.deploy("grown", {"Thing": lab.resource(), "More": lab.resource(Create="fail", Id="half")})

    assert status == "UPDATE_ROLLBACK_COMPLETE"
    more = [event for event in lab.requests("grown") if event["LogicalResourceId"] == "More"]
    assert [event["RequestType"] for event in more] == ["Create", "Delete"]
    assert lab.statuses("grown", "More")[:2] == ["CREATE_IN_PROGRESS", "CREATE_FAILED"]


def test_a_provider_that_keeps_silent_fails_after_the_service_timeout(lab: Lab) -> None:
    begun = time.monotonic()

    assert lab.deploy("silent", {"Thing": lab.resource(Create="silent", ServiceTimeout=1)}) == "ROLLBACK_COMPLETE"

    assert time.monotonic() - begun < 5
    (failed,) = [event for event in lab.events("silent") if event["ResourceStatus"] == "CREATE_FAILED"]
    assert "did not receive a response from your Custom Resource" in failed["ResourceStatusReason"]


def test_a_new_physical_id_is_a_replacement_whose_old_one_is_deleted(lab: Lab) -> None:
    lab.deploy("moved", {"Thing": lab.resource(Id="old")})

    assert lab.deploy("moved", {"Thing": lab.resource(Id="new")}) == "UPDATE_COMPLETE"

    _, update, delete = lab.requests("moved")
    assert (update["RequestType"], update["PhysicalResourceId"]) == ("Update", "old")
    assert (delete["RequestType"], delete["PhysicalResourceId"]) == ("Delete", "old")
    assert delete["ResourceProperties"]["Id"] == "old"


def test_a_provider_that_raised_is_asked_again(lab: Lab) -> None:
    assert lab.deploy("again", {"Thing": lab.resource(Create="raise once")}) == "CREATE_COMPLETE"
    assert len(lab.requests("again")) == 2


def test_every_request_is_listed_with_its_answers(lab: Lab) -> None:
    lab.deploy("listed", {"Thing": lab.resource()})

    listed = [request for request in lab.cloud.control("custom-resources") if ":stack/listed/" in request["StackId"]]

    assert [(request["RequestType"], len(request["answers"])) for request in listed] == [("Create", 1)]


def test_an_answer_with_a_content_type_does_not_fit_the_signature(lab: Lab) -> None:
    url = f"{lab.cloud.endpoint}/_ministack/cfn-response/any"
    put = urllib.request.Request(url, b"{}", method="PUT", headers={"Content-Type": "application/json"})

    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(put)

"""A pipeline runs: source, builds, an approval, variables, in the order of its executions.

Sources: CodePipeline user guide, "How pipeline executions work" (concepts-how-it-works), "Variables reference"
(reference-variables), "CodeStarSourceConnection" and "CodeBuild" (action-reference-…), "Manage approval actions"
(approvals), "Monitoring CodePipeline events" (detect-state-changes-cloudwatch-events).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from greenlight.rehearsal.account import ACCOUNT, REGION
from tests.rehearsal.local_cloud import eventually
from tests.rehearsal.pipelines import PATIENCE_SECONDS, Lab, approving, building, pipelines, source

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with pipelines(tmp_path_factory) as lab:
        yield lab


def test_a_commit_goes_through_build_and_approval_to_the_build_that_uses_its_variable(lab: Lab) -> None:
    commit = lab.push("acme/whole", version="2.0.0")
    lab.project("plan", "export VERSION=$(cat version)", exported=["VERSION"])
    lab.project("release", 'echo "released $VERSION of $COMMIT, $(git rev-list --count HEAD) commit"')
    used = {"VERSION": "#{Plan.VERSION}", "COMMIT": "#{Commit.CommitId}"}
    stages = (
        [source("acme/whole")],
        [building("Plan", "plan", Namespace="Plan"), approving(RunOrder=2)],
        [building("Release", "release", used)],
    )

    assert lab.deploy("whole", *stages) == "CREATE_COMPLETE"
    lab.answer("whole")

    assert lab.ended("whole", lab.first("whole")) == "Succeeded"
    assert lab.log("release") == f"released 2.0.0 of {commit}, 1 commit"


def test_two_pushes_are_two_executions_in_their_order(lab: Lab) -> None:
    """concepts-how-it-works: in QUEUED mode executions are processed one by one in the order that they are queued."""
    lab.push("acme/queued", number="0")
    alone = lab.scratch / "alone"
    lab.project("queued", f"mkdir {alone}", "sleep 0.5; cat number; echo", f"rmdir {alone}")
    lab.deploy("queued", [source("acme/queued")], [building("Build", "queued")])
    commits = [lab.push("acme/queued", number=str(number)) for number in (1, 2)]

    executions = eventually(lambda: found if len(found := lab.executions("queued")) == 3 else None, 30)

    assert [lab.ended("queued", each["pipelineExecutionId"]) for each in executions] == ["Succeeded"] * 3
    assert [lab.log("queued", number) for number in (1, 2, 3)] == ["0", "1", "2"]
    revisions = [each["sourceRevisions"][0]["revisionId"] for each in lab.executions("queued")]
    assert revisions[:2] == commits[::-1]
    newest = json.loads(lab.executions("queued")[0]["sourceRevisions"][0]["revisionSummary"])
    assert newest == {"ProviderType": "GitHub", "CommitMessage": "Change number"}


def test_a_build_asks_its_repository_more_only_with_the_helper_for_credentials(lab: Lab) -> None:
    """build-spec-ref, `git-credential-helper`: without it CodeBuild's git has credentials for the clone alone."""
    lab.push("acme/asking", code="1")
    for name, helper in (("asking", "yes"), ("silent", "no")):
        lab.project(name, "git fetch origin main && echo fetched || echo refused", helper=helper)
    lab.deploy("asking", [source("acme/asking")], [building("Asking", "asking"), building("Silent", "silent")])

    assert lab.ended("asking", lab.first("asking")) == "Succeeded"
    assert lab.log("asking").splitlines()[-1] == "fetched"
    assert lab.log("silent").splitlines()[-1] == "refused"
    assert "git-credential-helper-is-not-yes" in lab.log("silent")


def test_a_push_that_a_trigger_leaves_out_starts_nothing(lab: Lab) -> None:
    """pipelines-filter: a push that changes excluded files alone."""
    lab.push("acme/filtered", code="1")
    lab.project("filtered", "true")
    filters = {"Branches": {"Includes": ["main"]}, "FilePaths": {"Excludes": ["facts.json"]}}
    git = {"SourceActionName": "Source", "Push": [filters]}
    trigger = {"ProviderType": "CodeStarSourceConnection", "GitConfiguration": git}
    stages = ([source("acme/filtered", DetectChanges="false")], [building("Build", "filtered")])
    lab.deploy("filtered", *stages, Triggers=[trigger])

    lab.push("acme/filtered", **{"facts.json": "{}"})
    lab.push("acme/filtered", code="2")

    triggers = eventually(lambda: found if len(found := lab.executions("filtered")) > 1 else None)
    assert [each["trigger"]["triggerType"] for each in triggers] == ["WebhookV2", "CreatePipeline"]


def test_a_failed_build_fails_the_execution_and_says_which_command(lab: Lab) -> None:
    lab.push("acme/failing", code="1")
    lab.project("failing", "echo no; exit 4", post_build=["echo evidence $CODEBUILD_BUILD_SUCCEEDING"])
    lab.project("never", "echo never")
    lab.deploy("failing", [source("acme/failing")], [building("Build", "failing")], [building("After", "never")])

    assert lab.ended("failing", lab.first("failing")) == "Failed"
    assert "exit 4" in lab.latest("failing", "Build")["errorDetails"]["message"]
    assert lab.log("failing") == "no\nevidence 0"
    assert "After" not in lab.runs("failing")


def test_actions_of_one_run_order_run_together(lab: Lab) -> None:
    lab.push("acme/together", code="1")
    meet = "touch /tmp/$M.$ME; n=0; until [ -e /tmp/$M.$OTHER ] || [ $n = 50 ]; do n=$((n+1)); sleep 0.1; done"
    lab.project("meeting", meet, "[ -e /tmp/$M.$OTHER ]", post_build=["sleep 0.3; rm -f /tmp/$M.$ME"])
    mark = lab.scratch.name
    pair = [{"M": mark, "ME": me, "OTHER": other} for me, other in (("a", "b"), ("b", "a"))]
    actions = [building(each["ME"], "meeting", each) for each in pair]
    lab.deploy("together", [source("acme/together")], actions)

    assert lab.ended("together", lab.first("together")) == "Succeeded"


def test_a_rejected_approval_fails_the_execution_with_its_words(lab: Lab) -> None:
    lab.push("acme/rejected", code="1")
    lab.project("rejected", "echo never")
    lab.deploy("rejected", [source("acme/rejected")], [approving()], [building("After", "rejected")])
    lab.answer("rejected", "Rejected", "not on a Friday")

    assert lab.ended("rejected", lab.first("rejected")) == "Failed"
    assert lab.latest("rejected", "Approve")["summary"] == "Rejected: not on a Friday"
    assert lab.latest("rejected", "Approve")["lastUpdatedBy"] == f"arn:aws:iam::{ACCOUNT}:user/operator"


def test_an_approval_that_nobody_answers_fails_in_time(lab: Lab) -> None:
    """limits: an approval waits for five minutes at least, which take one second here."""
    lab.push("acme/late", code="1")
    lab.project("late", "true")
    lab.deploy("late", [source("acme/late")], [approving(TimeoutInMinutes=5)], [building("After", "late")])

    assert lab.ended("late", lab.first("late")) == "Failed"
    assert "nobody answered within 5 minutes" in lab.latest("late", "Approve")["errorDetails"]["message"]


def test_an_approval_takes_its_own_token_alone_and_one_answer(lab: Lab) -> None:
    lab.push("acme/token", code="1")
    lab.project("token", "true")
    lab.deploy("token", [source("acme/token")], [approving()], [building("After", "token")])
    token = lab.token("token")

    with pytest.raises(lab.client.exceptions.ClientError, match="InvalidApprovalTokenException"):
        lab.answer("token", token="11111111-2222-3333-4444-555555555555")
    lab.answer("token", token=token)
    with pytest.raises(lab.client.exceptions.ClientError, match="ApprovalAlreadyCompletedException"):
        lab.answer("token", token=token)


def test_the_topic_is_told_what_is_to_be_approved(lab: Lab) -> None:
    topic = lab.cloud.client("sns").create_topic(Name="approvals")["TopicArn"]
    lab.push("acme/told", code="1")
    lab.project("told", "true")
    role = lab.role(
        "told", {"Effect": "Allow", "Action": ["s3:*", "codeconnections:*", "sns:Publish"], "Resource": "*"}
    )
    asked = {"NotificationArn": topic, "CustomData": "release #{Commit.CommitMessage}?"}
    lab.deploy("told", [source("acme/told")], [approving(configuration=asked)], [building("X", "told")], RoleArn=role)

    (message,) = eventually(
        lambda: [each for each in lab.cloud.control("messages") if each["topic"] == topic], PATIENCE_SECONDS
    )
    assert json.loads(message["message"])["approval"]["customData"] == "release Change code?"


def test_events_tell_of_the_execution_its_stages_and_its_actions(lab: Lab) -> None:
    sqs, events = lab.cloud.client("sqs"), lab.cloud.client("events")
    url = sqs.create_queue(QueueName="states")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:states"
    pattern = {"source": ["aws.codepipeline"], "detail": {"pipeline": ["events"]}}
    events.put_rule(Name="states", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="states", Targets=[{"Id": "queue", "Arn": arn}])
    let_in = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:*", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [let_in]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    lab.push("acme/events", code="1")
    lab.project("events", "false")
    lab.deploy("events", [source("acme/events")], [building("Build", "events")])
    lab.ended("events", lab.first("events"))
    told: list[tuple[str, str]] = []

    def read() -> bool:
        for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(each["Body"])
            told.append((event["detail-type"].split()[1], event["detail"]["state"]))
        return ("Pipeline", "FAILED") in told

    assert eventually(read)
    assert sorted(told) == [
        ("Action", "FAILED"),
        ("Action", "STARTED"),
        ("Action", "STARTED"),
        ("Action", "SUCCEEDED"),
        ("Pipeline", "FAILED"),
        ("Pipeline", "STARTED"),
        ("Stage", "FAILED"),
        ("Stage", "STARTED"),
        ("Stage", "STARTED"),
        ("Stage", "SUCCEEDED"),
    ]


def test_a_stage_that_says_so_is_tried_once_more(lab: Lab) -> None:
    """reference-pipeline-structure: onFailure with the result RETRY."""
    lab.push("acme/again", code="1")
    mark = lab.scratch / "again"
    lab.project("again", f"[ -e {mark} ] || {{ touch {mark}; exit 1; }}")
    lab.project("beside", "true")
    stages = [
        {"Name": "A", "Actions": [source("acme/again")]},
        {
            "Name": "B",
            "Actions": [building("Once", "beside"), building("Twice", "again", RunOrder=2)],
            "OnFailure": {"Result": "RETRY", "RetryConfiguration": {"RetryMode": "FAILED_ACTIONS"}},
        },
    ]
    lab.deploy("again", Stages=stages)

    assert lab.ended("again", lab.first("again")) == "Succeeded"
    details = lab.client.list_action_executions(pipelineName="again")["actionExecutionDetails"]
    assert sorted(each["actionName"] for each in details) == ["Once", "Source", "Twice", "Twice"]


def test_a_source_without_its_branch_fails_by_name(lab: Lab) -> None:
    lab.project("branchless", "true")
    lab.deploy("branchless", [source("acme/branchless")], [building("Build", "branchless")])

    assert lab.ended("branchless", lab.first("branchless")) == "Failed"
    message = lab.latest("branchless", "Source")["errorDetails"]["message"]
    assert message == "No Branch [main] found for FullRepositoryName [acme/branchless]"


def test_an_archive_has_no_git_and_a_full_clone_has(lab: Lab) -> None:
    lab.push("acme/archive", code="1")
    lab.project("archive", "ls -A")
    stages = ([source("acme/archive", OutputArtifactFormat="CODE_ZIP")], [building("Build", "archive")])
    lab.deploy("archive", *stages)

    lab.ended("archive", lab.first("archive"))
    assert lab.log("archive") == "code"


def test_an_output_artifact_reaches_the_next_build(lab: Lab) -> None:
    lab.push("acme/handing", code="1")
    spec = {
        "version": "0.2",
        "phases": {"build": {"commands": ["mkdir -p out/in; echo made > out/in/file"]}},
        "artifacts": {"base-directory": "out", "files": ["**/*"]},
    }
    lab.project("making", "true")
    lab.cloud.client("codebuild").update_project(
        name="making", source={"type": "CODEPIPELINE", "buildspec": json.dumps(spec)}
    )
    lab.project("using", "cat in/file; ls $CODEBUILD_SRC_DIR_Source")
    both = [{"Name": "Source"}, {"Name": "Made"}]
    using = building("Use", "using", InputArtifacts=both)
    using["Configuration"]["PrimarySource"] = "Made"
    making = building("Make", "making", OutputArtifacts=[{"Name": "Made"}])
    lab.deploy("handing", [source("acme/handing")], [making], [using])

    assert lab.ended("handing", lab.first("handing")) == "Succeeded"
    assert lab.log("using") == "made\ncode"

"""HTTPS listeners: certificates are refused as on AWS, TLS is really spoken, and 80 leads to 443."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from greenlight.processes.owner import Processes
from greenlight.rehearsal.certificates import DOMAIN, authority_file, issue, local_arn
from greenlight.rehearsal.traffic.outcome import RequestOutcome
from greenlight.rehearsal.traffic.process import Traffic, TrafficOrder
from tests.rehearsal.elbv2_calls import refusal
from tests.rehearsal.load_balancing import SCALE, Load, Shop
from tests.rehearsal.local_cloud import EVERYTHING, LocalCloud, started

pytestmark = [pytest.mark.rehearsal, pytest.mark.timeout(60)]

CERTIFICATE = local_arn(None)
ELSEWHERE = CERTIFICATE.replace("us-east-1", "eu-west-1")
DRAINED_SECONDS = 1.0
"""A listener that is drained closes one connection in five after so long."""
CLOSED: Any = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "closed"}}]
TO_HTTPS: Any = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}]
PROBE = """
import socket, ssl
def handle(event, context):
    with socket.create_connection((event["host"], event["port"]), timeout=5) as plain:
        with ssl.create_default_context().wrap_socket(plain, server_hostname=event["name"]) as secure:
            return secure.version()
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    run_dir = tmp_path_factory.mktemp("cloud")
    issue(run_dir, None, None)
    scale = {"GREENLIGHT_HEALTH_CHECK_SCALE": str(SCALE)}
    with started(run_dir, "iam", "acm", "lambda_functions", "elbv2", **scale) as cloud:
        yield cloud


def https(shop: Shop, certificate: str = CERTIFICATE) -> None:
    """Move the shop's listener to 443, and have a second one redirect."""
    tls: Any = {"Port": 443, "Protocol": "HTTPS", "Certificates": [{"CertificateArn": certificate}]}
    shop.elb.modify_listener(ListenerArn=shop.listener, **tls)
    shop.elb.create_listener(LoadBalancerArn=shop.arn, Port=80, Protocol="HTTP", DefaultActions=TO_HTTPS)


def context(shop: Shop) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority_file(shop.cloud.run_dir)))


def handshake(shop: Shop, trust: ssl.SSLContext, name: str = DOMAIN) -> str:
    with (
        socket.create_connection((shop.host, shop.port), timeout=5) as plain,
        trust.wrap_socket(plain, server_hostname=name) as secure,
    ):
        return str(secure.version())


def location(shop: Shop, path: str, host: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(shop.host, shop.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("version", "spoken"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")]
)
def test_tls_1_2_and_1_3_are_spoken(live: Shop, version: ssl.TLSVersion, spoken: str) -> None:
    """Elastic Load Balancing guide, "Security policies": ELBSecurityPolicy-TLS13-1-2-Res-*."""
    https(live)
    trust = context(live)
    trust.minimum_version = trust.maximum_version = version

    assert handshake(live, trust) == spoken


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_tls_1_1_is_refused(live: Shop) -> None:
    https(live)
    trust = context(live)
    trust.minimum_version, trust.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_1

    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(live, trust)


def test_the_certificate_is_for_the_domain_alone(live: Shop) -> None:
    https(live)

    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(live, context(live), "www.example.org")


def test_nobody_else_trusts_the_certificate(live: Shop) -> None:
    https(live)

    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        handshake(live, ssl.create_default_context())


@pytest.mark.parametrize(
    ("arn", "code", "words"),
    [
        (f"{CERTIFICATE}1", "CertificateNotFound", f"Certificate '{CERTIFICATE}1' not found"),
        (ELSEWHERE, "CertificateNotFound", f"Certificate '{ELSEWHERE}' not found"),
    ],
)
def test_a_certificate_that_acm_does_not_have_here_is_refused(shop: Shop, arn: str, code: str, words: str) -> None:
    """API reference, CreateListener: CertificateNotFound; the words: hashicorp/terraform-provider-aws#11334."""
    assert refusal(lambda: https(shop, arn)) == (code, words)


def test_a_certificate_that_is_not_issued_is_refused(shop: Shop) -> None:
    """The words: hashicorp/terraform-provider-aws#26245."""
    pending = shop.cloud.client("acm").request_certificate(DomainName="pending.example.com")["CertificateArn"]

    code, words = refusal(lambda: https(shop, pending))

    assert code == "UnsupportedCertificate"
    assert "must have a fully-qualified domain name, a supported signature, and a supported key size." in words


def test_an_https_listener_needs_a_certificate(shop: Shop) -> None:
    """The words: pulumi/pulumi#15712."""
    code, words = refusal(
        lambda: shop.elb.create_listener(LoadBalancerArn=shop.arn, Port=443, Protocol="HTTPS", DefaultActions=CLOSED)
    )

    assert (code, words) == ("ValidationError", "A certificate must be specified for HTTPS listeners")


def test_a_listener_is_not_moved_to_a_port_that_another_one_has(shop: Shop) -> None:
    """API reference, ModifyListener: DuplicateListener."""
    shop.elb.create_listener(LoadBalancerArn=shop.arn, Port=8080, Protocol="HTTP", DefaultActions=CLOSED)

    code, _ = refusal(lambda: shop.elb.modify_listener(ListenerArn=shop.listener, Port=8080))

    assert code == "DuplicateListener"


def test_acm_describes_the_certificate(cloud: LocalCloud) -> None:
    """API reference, DescribeCertificate: ResourceNotFoundException for any other."""
    acm = cloud.client("acm")

    found = acm.describe_certificate(CertificateArn=CERTIFICATE)["Certificate"]

    assert (found["DomainName"], found["Status"]) == (DOMAIN, "ISSUED")
    assert refusal(lambda: acm.describe_certificate(CertificateArn=ELSEWHERE))[0] == "ResourceNotFoundException"


def test_port_80_leads_to_443(live: Shop) -> None:
    https(live)

    assert location(live, "/a?b=c", DOMAIN) == (301, f"https://{DOMAIN}:443/a?b=c")


def test_who_came_by_the_load_balancers_own_name_is_led_to_its_port_here(live: Shop) -> None:
    https(live)
    own = live.balancer["DNSName"]

    assert location(live, "/a", own) == (301, f"https://{own}/a")


def test_a_plain_request_is_no_answer_of_the_https_listener(live: Shop) -> None:
    tls: Any = {"Port": 443, "Protocol": "HTTPS", "Certificates": [{"CertificateArn": CERTIFICATE}]}
    live.elb.modify_listener(ListenerArn=live.listener, **tls)

    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        location(live, "/", DOMAIN)


def test_a_function_trusts_the_authority_of_the_run(live: Shop) -> None:
    https(live)
    role = live.cloud.role(f"{live.name}-probe", "lambda.amazonaws.com", EVERYTHING)
    live.cloud.function(f"{live.name}-probe", PROBE, role, Timeout=10)
    event = json.dumps({"host": live.host, "port": live.port, "name": DOMAIN})

    answer = live.cloud.client("lambda").invoke(FunctionName=f"{live.name}-probe", Payload=event)

    assert json.load(answer["Payload"]) == "TLSv1.3"


def test_tls_comes_and_goes_without_dropping_a_connection_of_plain_http(live: Shop) -> None:
    tls: Any = {"Port": 443, "Protocol": "HTTPS", "Certificates": [{"CertificateArn": CERTIFICATE}]}

    with Load(live, users=6) as load:
        created = live.elb.create_listener(LoadBalancerArn=live.arn, DefaultActions=CLOSED, **tls)["Listeners"][0]
        assert handshake(live, context(live)) == "TLSv1.3"
        live.elb.delete_listener(ListenerArn=created["ListenerArn"])
        with pytest.raises((ssl.SSLError, ConnectionError)):
            handshake(live, context(live))
        time.sleep(DRAINED_SECONDS)

    assert load.failures == []
    assert len(load.colors) > 100


def test_both_ports_under_load_give_answers_and_redirects_and_nothing_else(live: Shop, tmp_path: Path) -> None:
    https(live)
    tls = order(live, tmp_path / "tls", f"https://{DOMAIN}")
    plain = order(live, tmp_path / "plain", f"http://{DOMAIN}", redirects=True)

    with (
        Processes() as processes,
        Traffic(tls, tmp_path / "log", processes) as secure,
        Traffic(plain, tmp_path / "log", processes) as redirected,
    ):
        for weights in ((0, 100), (100, 0)):
            live.shift(*weights)
        records = secure.stop(), redirected.stop()

    assert [{record.outcome for record in each} for each in records] == [
        {RequestOutcome.ANSWERED},
        {RequestOutcome.REDIRECTED},
    ]
    assert not [record for each in records for record in each if record.outcome.failed]


def test_a_redirect_that_nobody_expects_is_a_failure(live: Shop, tmp_path: Path) -> None:
    https(live)

    asked = order(live, tmp_path / "plain", f"http://{DOMAIN}")
    with Processes() as processes, Traffic(asked, tmp_path / "log", processes) as load:
        records = load.stop()

    assert {record.outcome for record in records} == {RequestOutcome.UNMARKED}


def order(shop: Shop, record: Path, url: str, *, redirects: bool = False) -> TrafficOrder:
    authority = authority_file(shop.cloud.run_dir)
    return TrafficOrder(url, record, 200, 5, 5.0, "/", shop.balancer["DNSName"], authority, redirects)

"""Elastic Load Balancing: ministack keeps the records, the rules are ours, and Envoy carries the traffic.

ministack drops weights, takes every target for healthy, and forwards inside its own event loop. Its records and its
answers are good, and CloudFormation writes into the same records, so they stay.
"""

from __future__ import annotations

import os

from greenlight.rehearsal.balancer.balancer import Balancer
from greenlight.rehearsal.balancer.xds import Folder
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.elbv2 import requests, resources
from greenlight.rehearsal.cloud.elbv2.certificates import Certificates, require_certificates
from greenlight.rehearsal.cloud.elbv2.check_scale import check_scale
from greenlight.rehearsal.cloud.elbv2.edge import Edge
from greenlight.rehearsal.cloud.elbv2.eligibility import require_networks
from greenlight.rehearsal.cloud.elbv2.publication import Publication
from greenlight.rehearsal.cloud.elbv2.records import require_records

THREADS_VARIABLE = "GREENLIGHT_ENVOY_THREADS"


def install(context: CloudContext) -> None:
    """Start Envoy, and put ourselves around ministack's API and its CloudFormation types."""
    require_records()
    require_networks()
    require_certificates()
    threads = int(os.environ.get(THREADS_VARIABLE, "1"))
    balancer = Balancer(Folder(context.run_dir / "envoy"), context.processes, threads)
    certificates = Certificates(context.run_dir / "envoy" / "certificates")
    edge = Edge(balancer, certificates, context.routes, check_scale())
    publication = Publication(edge)
    requests.install(edge)
    resources.install(edge)
    context.control.route("edge", lambda *request: _describe(edge, *request))
    context.breakdown.watch(balancer.start(), "Envoy, the load balancer,", balancer.envoy.log)
    context.on_ready.extend([balancer.envoy.wait_until_live, publication.start])
    context.on_shutdown.extend([balancer.stop, publication.stop])


def _describe(edge: Edge, _method: str, _query: Query, _body: object) -> Answer:
    return 200, edge.describe()

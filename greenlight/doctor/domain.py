"""Whether the domain leads to the load balancer."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from greenlight.doctor.finding import Finding, ok, warning

Addresses = Collection[str] | None
"""The addresses of a name; None when there is no such name."""


def judge_domain(domain: str, leads_to: Addresses, load_balancer: str, its_addresses: Addresses) -> Iterator[Finding]:
    """Compare the domain's addresses with the load balancer's, which is empty before the first deploy.

    Nothing of this keeps a deploy from ending well: the switch's own requests go to the load balancer. But users ask
    for the domain. A load balancer's addresses change, so one that both have is enough.
    """
    here = load_balancer or "the load balancer, once it is there"
    if not leads_to:
        said = f"{domain} does not exist in DNS yet"
        repair = f"point it at {here}: an alias record in Route 53, or a CNAME"
        yield warning(said, repair) if load_balancer else ok(f"{said}; {repair}")
    elif not load_balancer:
        yield warning(
            f"{domain} leads to {_list(leads_to)} already, and there is no load balancer yet", f"point it at {here}"
        )
    elif set(leads_to) & set(its_addresses or ()):
        yield ok(f"{domain} leads to the load balancer")
    else:
        yield warning(
            f"{domain} leads to {_list(leads_to)}, not to the load balancer ({_list(its_addresses or ())}): users who"
            " ask for it meet no release",
            f"point it at {here}; a CDN before the load balancer looks like this too, and is no mistake",
        )


def _list(addresses: Collection[str]) -> str:
    return ", ".join(sorted(addresses)) or "no address"

"""Several services: every one is released once, and no set of flags takes back what an act before it did."""

from __future__ import annotations

from dataclasses import replace

from greenlight.rehearsal.acts.assemblies import sets_of_flags
from greenlight.rehearsal.acts.flags import Script, unrelated
from greenlight.rehearsal.acts.repertoire import DEFAULT, REPERTOIRE, for_every_service
from greenlight.rehearsal.traffic.paths import profile_of
from greenlight.rehearsal.traffic.profile import SHOP, Profile
from greenlight.rehearsal.versions import Cast
from stacks.settings import ServiceSettings

SCRIPT = Script("shop", Cast("1", "2"))


def service(name: str, priority: int, *paths: str, source: str = "services/shop") -> ServiceSettings:
    return ServiceSettings(
        name=name,
        blue_version="1",
        green_version="1",
        source=source,
        paths=paths,
        priority=priority,
        probe_path=paths[0].rstrip("*"),
    )


SHOP_SERVICE = service("shop", 100, "/*")
CATALOG = service("catalog", 98, "/api/products*")
REPORT = service("report", 96, "/report/*", source="services/report")


def paths(profile: Profile) -> set[str]:
    return {kind.path for kind in profile.kinds}


def test_one_service_is_played_as_ever() -> None:
    assert list(for_every_service(REPERTOIRE, ["shop"])) == list(REPERTOIRE)


def test_every_further_service_is_released_right_after_the_first() -> None:
    acts = for_every_service(DEFAULT, ["shop", "catalog", "report"])

    assert [(act.name, act.service) for act in acts[:4]] == [
        ("release", ""),
        ("release-catalog", "catalog"),
        ("release-report", "report"),
        ("undo", ""),
    ]


def test_acts_that_release_nothing_are_the_first_services_alone() -> None:
    undo = [act for act in DEFAULT if act.name == "undo"]

    assert list(for_every_service(undo, ["shop", "catalog"])) == undo


def test_a_release_of_another_service_leaves_the_versions_of_the_one_before() -> None:
    made = sets_of_flags(for_every_service(DEFAULT, ["shop", "catalog"]), SCRIPT, {"unrelated": unrelated})

    assert made["release-catalog"] == {
        "shop.green_version": "2",
        "catalog.blue_version": "1",
        "catalog.green_version": "2",
        "catalog.attempt": "1",
        "catalog.active_color": "green",
    }
    assert {name for name, flags in made.items() if flags.get("catalog.green_version") == "2"} == {
        "release-catalog",
        "undo",
        "unhealthy",
        "errors",
        "unrelated",
    }


def test_the_load_of_a_service_is_what_its_rule_takes_of_the_shops_mix() -> None:
    both = (SHOP_SERVICE, CATALOG)

    assert paths(profile_of(CATALOG, both)) == {"/api/products"}
    assert paths(profile_of(SHOP_SERVICE, both)) == paths(SHOP) - {"/api/products"}
    assert profile_of(SHOP_SERVICE, (SHOP_SERVICE,)) == SHOP


def test_a_service_of_ones_own_is_asked_for_its_probe_page() -> None:
    assert paths(profile_of(REPORT, (SHOP_SERVICE, REPORT))) == {"/report/"}


def test_of_two_services_the_broken_version_goes_to_the_idle_color_and_the_good_one_stays_as_it_was_released() -> None:
    act = next(act for act in REPERTOIRE if act.name == "two-services")
    script = replace(SCRIPT, others=("report",))
    both, one, broken = (act.flags[name](script) for name in ("both-services", "one-service", "broken-service"))

    assert (both["report.green_version"], both["report.active_color"]) == ("2-errors", "green")
    assert not [key for key in one if key.startswith("report")]
    assert (broken["report.green_version"], broken["report.active_color"]) == ("2-errors", "green")
    assert {key: value for key, value in broken.items() if key.startswith("shop")} == {
        key: value for key, value in one.items() if key.startswith("shop")
    }
    assert both["report.attempt"] != broken["report.attempt"]
    assert both["shop.attempt"] != one["shop.attempt"]


def test_where_green_of_the_other_had_its_turn_the_broken_version_goes_to_blue() -> None:
    act = next(act for act in REPERTOIRE if act.name == "two-services")
    flags = act.flags["both-services"](replace(SCRIPT, others=("report",), played=("shop", "report")))

    assert (flags["report.blue_version"], flags["report.green_version"]) == ("2-errors", "2")
    assert flags["report.active_color"] == "blue"

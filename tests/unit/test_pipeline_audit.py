"""Nothing is delivered of which something is known, or of which nobody could find out."""

from __future__ import annotations

import io
import json
import urllib.error
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from http.client import IncompleteRead
from pathlib import Path
from typing import Any

import pytest
from greenlight_cdk.pipeline.specifications import COMMANDS

from greenlight.delivery import osv
from greenlight.delivery.locks import Package, packages
from greenlight.delivery.waivers import FILE, read_waivers
from greenlight.errors import ProjectError, ReleaseError
from greenlight.project import CHECKOUT
from tests.unit.operator_world import Desk, seated

FLASK, EXPRESS = Package("PyPI", "flask", "3.1.2"), Package("npm", "express", "5.2.1")
TODAY = date(2026, 11, 22)
REQUIREMENTS = "flask==3.1.2 \\\n    --hash=sha256:ab\n    # via here\ncffi[x]==2.1 ; sys_platform == 'win32'\n"
SOON = datetime.now(UTC).date() + timedelta(days=30)


def lock(**entries: str) -> str:
    named = {f"node_modules/{name.replace('__', '/')}": {"version": version} for name, version in entries.items()}
    return json.dumps({"packages": {"": {"version": "1.0.0"}, **named}})


class FakeOsv:
    """The database; `known` says what of which package, by name."""

    def __init__(self, known: Mapping[str, Iterable[str]] | None = None) -> None:
        self.known = known or {}
        self.asked: list[int] = []

    def __call__(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(len(body["queries"]))
        return {"results": [self._result(each["package"]["name"]) for each in body["queries"]]}

    def _result(self, name: str) -> dict[str, Any]:
        return {"vulns": [{"id": each} for each in self.known[name]]} if name in self.known else {}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = seated(tmp_path, monkeypatch)
    shop = made.folder / "services" / "shop"
    shop.mkdir(parents=True)
    (shop / "package-lock.json").write_text(lock(express="5.2.1"))
    (made.folder / "requirements.txt").write_text(REQUIREMENTS)
    return made


def audit(desk: Desk, monkeypatch: pytest.MonkeyPatch, **known: Iterable[str]) -> tuple[int, str]:
    monkeypatch.setattr(osv, "asked", FakeOsv(known))
    return desk.type("pipeline", "audit")


def accept(desk: Desk, of: str, until: date = SOON, finding: str = "GHSA-1") -> None:
    (desk.folder / "delivery").mkdir(exist_ok=True)
    text = f'[[waiver]]\nid = "{finding}"\nof = "{of}"\nuntil = {until}\nreason = "not reached"\n'
    (desk.folder / FILE).write_text(text)


def test_a_commit_of_which_nothing_is_known_passes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert audit(desk, monkeypatch) == (
        0,
        "3 packages of 2 locks: nothing is known of them that nobody accepted\n",
    )


def test_what_is_known_is_refused_with_its_address(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = audit(desk, monkeypatch, express=["GHSA-1"], flask=["PYSEC-2"])

    assert code == 1
    assert "2 findings, which stand above; allowed: none" in said
    assert "express 5.2.1 (npm): https://osv.dev/vulnerability/GHSA-1" in said
    assert "flask 3.1.2 (PyPI): https://osv.dev/vulnerability/PYSEC-2" in said


def test_what_somebody_accepted_passes_with_the_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(desk, "express")
    code, said = audit(desk, monkeypatch, express=["GHSA-1"])

    assert code == 0
    assert f"accepted until {SOON}: GHSA-1 of express: not reached" in said


@pytest.mark.parametrize(
    ("of", "finding", "days"), [("flask", "GHSA-1", 30), ("express", "GHSA-2", 30), ("express", "GHSA-1", -1)]
)
def test_a_waiver_is_for_one_finding_of_one_package_and_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, of: str, finding: str, days: int
) -> None:
    accept(desk, of, datetime.now(UTC).date() + timedelta(days=days), finding)

    assert audit(desk, monkeypatch, express=["GHSA-1"])[0] == 1


def test_a_waiver_that_nothing_needs_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(desk, "express")

    assert "no longer needed in delivery/waivers.toml: GHSA-1 of express" in audit(desk, monkeypatch)[1]


def test_a_waiver_of_a_leak_is_not_the_audits_matter(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    accept(desk, "shop: the file /root/.netrc", finding="leak")

    assert "no longer needed" not in audit(desk, monkeypatch)[1]


def test_a_service_without_a_lock_is_refused_until_somebody_accepts_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.folder / "services" / "shop" / "package-lock.json").unlink()
    code, said = audit(desk, monkeypatch)
    accept(desk, "services/shop", finding="no-lock")

    assert code == 1
    assert "services/shop: no package-lock.json and no requirements.txt" in said
    assert audit(desk, monkeypatch)[0] == 0


def test_requirements_by_another_name_are_read_as_well(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.folder / "services" / "shop" / "requirements-dev.txt").write_text("pytest==9.0.1\n")

    assert "pytest 9.0.1 (PyPI)" in audit(desk, monkeypatch, pytest=["PYSEC-1"])[1]


def test_requirements_by_another_name_leave_no_version_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.folder / "requirements-dev.txt").write_text("pytest>=9\n")
    code, said = audit(desk, monkeypatch)

    assert code == 1
    assert "requirements-dev.txt cannot be audited: got 'pytest>=9', which is no name==version" in said


@pytest.mark.parametrize("file", ["package.json", "requirements/dev.txt"])
def test_what_is_installed_without_a_lock_is_refused_beside_one_that_is_read(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    place = desk.folder / file
    place.parent.mkdir(exist_ok=True)
    place.write_text("{}")
    code, said = audit(desk, monkeypatch)

    assert code == 1
    assert (
        f".: {file}: only package-lock.json and requirements.txt can be audited; have all that it has in them" in said
    )


@pytest.mark.parametrize(("stage", "code"), [((), 0), (("--stage", "staging"), 1)])
def test_a_stage_is_audited_with_its_own_services(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, stage: Sequence[str], code: int
) -> None:
    extra = {"blue_version": "1", "green_version": "1", "source": "services/extra"}
    staging = {"vpc_cidr": "10.30.0.0/16", "services": {"extra": extra}}
    said = json.loads((desk.folder / "cdk.json").read_text())
    said["context"]["stages"] = {"staging": staging}
    (desk.folder / "cdk.json").write_text(json.dumps(said))
    (desk.folder / "services" / "extra").mkdir()
    (desk.folder / "services" / "extra" / "package-lock.json").write_text(lock(minimist="0.0.8"))
    monkeypatch.setattr(osv, "asked", FakeOsv({"minimist": ["GHSA-9"]}))
    ended, told = desk.type("pipeline", "audit", *stage)

    assert ended == code, told
    assert ("minimist 0.0.8 (npm)" in told) is bool(stage)


@pytest.mark.parametrize(
    "entry",
    [
        'id = "GHSA-1"\nof = "express"\nuntil = 2026-12-01',
        'id = "GHSA-1"\nof = "express"\nuntil = 2026-12-01\nreason = ""',
        'id = "GHSA-1"\nof = "express"\nuntil = "later"\nreason = "x"',
        'id = "GHSA-1"\nof = "express"\nuntil = 2027-11-22\nreason = "x"',
        'id = "GHSA-1"\nof = "express"\nuntil = 2026-12-01\nreason = "x"\nseverity = "low"',
        "id = ",
    ],
)
def test_a_waiver_without_an_end_or_a_reason_is_refused(tmp_path: Path, entry: str) -> None:
    (tmp_path / "waivers.toml").write_text(f"[[waiver]]\n{entry}\n")

    with pytest.raises(ProjectError, match=r"allowed: \[\[waiver\]\] with id, of, until \(a date, at most 180 days"):
        read_waivers(tmp_path / "waivers.toml", TODAY)


@pytest.mark.parametrize("text", ['[waiver]\nid = "GHSA-1"', "waiver = 3", 'waiver = ["GHSA-1"]'])
def test_a_waiver_that_is_no_list_of_tables_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "waivers.toml").write_text(text)

    with pytest.raises(ProjectError, match=r"allowed: \[\[waiver\]\]"):
        read_waivers(tmp_path / "waivers.toml", TODAY)


def test_packages_of_a_lock_are_those_of_every_platform(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(REQUIREMENTS)
    entries = {"express": "5.2.1", "express__node_modules__ms": "2.0", "@a/b": "1"}
    (tmp_path / "package-lock.json").write_text(lock(**entries))

    assert packages(tmp_path / "requirements.txt") == {FLASK, Package("PyPI", "cffi", "2.1")}
    assert packages(tmp_path / "package-lock.json") == {
        EXPRESS,
        Package("npm", "ms", "2.0"),
        Package("npm", "@a/b", "1"),
    }


@pytest.mark.parametrize("name", ["yarn.lock", "pnpm-lock.yaml", "poetry.lock"])
def test_a_lock_of_another_tool_is_refused_beside_one_that_is_read_until_somebody_accepts_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (desk.folder / "services" / "shop" / name).touch()
    code, said = audit(desk, monkeypatch)
    accept(desk, "services/shop", finding="no-lock")

    assert code == 1
    assert f"services/shop: {name}: only package-lock.json and requirements.txt can be audited" in said
    assert audit(desk, monkeypatch)[0] == 0


def test_a_lock_of_another_tool_is_refused_in_the_projects_own_folder(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.folder / "requirements.txt").rename(desk.folder / "uv.lock")

    assert ".: uv.lock: only " in audit(desk, monkeypatch)[1]


@pytest.mark.parametrize(
    "line",
    [
        "  flask==3.1.2",
        "flask == 3.1.2",
        "flask==3.1.2 --hash=sha256:ab --hash=sha256:cd",
        "flask==3.1.2 \\\n--hash=sha256:ab",
        "Flask==3.1.2  # the shop",
        "# what comes \\\nflask==3.1.2",
        "--require-hashes\n-i https://example.com/simple\n-e .\nflask==3.1.2",
    ],
)
def test_a_line_that_pip_reads_is_read(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"{line}\n")

    assert packages(tmp_path / "requirements.txt") == {FLASK}


@pytest.mark.parametrize("text", ["[]", '{"packages": []}', '{"packages": {"node_modules/a": 1}}', "{}", "no"])
def test_what_is_no_lock_of_npm_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "package-lock.json").write_text(text)

    with pytest.raises(ProjectError, match="cannot be audited"):
        packages(tmp_path / "package-lock.json")


@pytest.mark.parametrize(
    "line",
    [
        "flask>=3",
        "flask",
        "https://example.com/flask.whl",
        "flask==3.*",
        "flask==3.0,!=3.1",
        "flask===3.0",
        "flask==3.1.2#x",
        "flask==3.0 --config-settings=a=b",
        "-r other.txt",
        "-e git+https://example.com/flask",
        "--requirement=other.txt",
        "flask==3.0 \\\n-r other.txt",
    ],
)
def test_a_version_that_is_left_open_cannot_be_audited(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.txt").write_text(f"{line}\n")

    with pytest.raises(ProjectError, match="cannot be audited: got"):
        packages(tmp_path / "requirements.txt")


def test_every_lock_of_this_project_can_be_read() -> None:
    assert len(packages(CHECKOUT / "requirements.txt")) > 50
    assert Package("npm", "aws-cdk", "2.1148.1") in packages(CHECKOUT / "package-lock.json")


def test_every_package_is_asked_about_in_batches_that_the_database_takes() -> None:
    database = FakeOsv({"p1500": ["X"]})
    many = [Package("npm", f"p{number}", "1") for number in range(2100)]

    assert {package.name: ids for package, ids in osv.known(many, database).items() if ids} == {"p1500": {"X"}}
    assert database.asked == [1000, 1000, 100]


def test_further_pages_of_an_answer_are_read() -> None:
    def ask(body: Mapping[str, Any]) -> Mapping[str, Any]:
        (query,) = body["queries"]
        more = {} if query.get("page_token") else {"next_page_token": "2"}
        return {"results": [{"vulns": [{"id": f"page {query.get('page_token', '1')}"}], **more}]}

    assert osv.known([FLASK], ask) == {FLASK: {"page 1", "page 2"}}


@pytest.mark.parametrize("answer", [{}, {"results": []}, {"results": None}, {"code": 3}])
def test_an_answer_that_leaves_packages_out_is_no_good_news(answer: Mapping[str, Any]) -> None:
    with pytest.raises(ReleaseError, match=r"^nothing was audited: 2 packages were asked for, and"):
        osv.known([FLASK, EXPRESS], lambda _: answer)


@pytest.mark.parametrize("result", [None, {"error": "x"}, [], "", {"vulns": [], "code": 3}])
def test_an_answer_that_says_nothing_of_a_package_is_no_good_news(result: Any) -> None:
    with pytest.raises(ReleaseError, match=r"^nothing was audited: .* came for a package"):
        osv.known([FLASK], lambda _: {"results": [result]})


def test_an_answer_that_is_no_object_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(osv, "PAUSES", ())
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(b"[[1]]"))

    with pytest.raises(ReleaseError, match="the answer is no JSON object"):
        osv.known([FLASK])


@pytest.mark.parametrize(
    "error",
    [
        urllib.error.URLError("no such host"),
        TimeoutError("timed out"),
        json.JSONDecodeError("no JSON", "", 0),
        IncompleteRead(b"{"),
    ],
)
def test_a_database_that_cannot_be_asked_fails_the_build(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    tries = []

    def refuse(*_: object, **__: object) -> Any:
        tries.append(1)
        raise error

    monkeypatch.setattr(osv, "PAUSES", (0, 0))
    monkeypatch.setattr("urllib.request.urlopen", refuse)

    with pytest.raises(ReleaseError, match=r"^nothing was audited: https://api\.osv\.dev/v1/querybatch could not be"):
        osv.known([FLASK])
    assert len(tries) == 3


def test_the_database_is_asked_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []

    def answer(request: Any, timeout: float) -> Any:
        sent.append((request.method, request.full_url, json.loads(request.data)))
        return io.BytesIO(b'{"results": [{}]}')

    monkeypatch.setattr("urllib.request.urlopen", answer)
    osv.known([FLASK])

    query = {"package": {"name": "flask", "ecosystem": "PyPI"}, "version": "3.1.2"}
    assert sent == [("POST", "https://api.osv.dev/v1/querybatch", {"queries": [query]})]


def test_a_delivery_is_audited_and_a_failed_audit_is_never_passed_over() -> None:
    makefile, workflow = (CHECKOUT / "Makefile").read_text(), (CHECKOUT / ".github/workflows/release.yml").read_text()

    assert "\t@$(BIN)/python -m greenlight pipeline audit\n" in makefile
    assert "make audit" in COMMANDS["Check"]
    assert "        run: make audit\n" in workflow
    assert "continue-on-error" not in workflow

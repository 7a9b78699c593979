"""`partnercenter sweep` against a real sandbox: plan, agree, apply, resume, rehearse; what is left and why."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.cli.sweeping import CONSENT, apply, configure, names, planned, writes


def world(*customers: dict[str, Any]) -> dict[str, Any]:
    """The development partner with these customers."""
    return {
        "partners": [
            {
                "tenantId": "5ab0de7e-1ca1-4ca1-8ca1-00000000d001",
                "companyName": "Development Partner",
                "domain": "devpartner.onmicrosoft.com",
                "customers": list(customers),
            }
        ]
    }


def customer(name: str, *purchases: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"companyName": name, "purchases": list(purchases), **members}


RESERVATION = {"product": "azure_reservation", "ageDays": 1}
SEATS = {"product": "new_commerce", "quantity": 5, "ageDays": 1}
PLAN = {"product": "azure_plan", "ageDays": 1, "azureSubscriptions": [{"name": "Web shop"}]}
OLD = {"product": "perpetual_software", "ageDays": 70}
PENDING = {"product": "new_commerce", "orderStatus": "pending", "settlesInSeconds": 4}


def test_a_plan_shows_each_customer_and_changes_nothing(cli: Any, sandbox: Any) -> None:
    """One symbol and word for each action, the steps below their customer, the counts at the end."""
    sandbox.seed(
        world(
            customer("Blocked", RESERVATION, PLAN, ageDays=9),
            customer("Stuck", OLD, ageDays=80),
            customer("Kept", ageDays=3),
            customer("Plain"),
        )
    )
    before = names(sandbox)
    sandbox.control("DELETE", "/requests")
    ended = cli("sweep", "plan", "--all", "--keep", "kept*")
    assert 0 == ended.status, ended.err
    lines = ended.out.splitlines()
    assert ["! stuck", "x delete", "= keep", "x delete"] == [
        line[:8].rstrip() for line in lines[:-1] if not line.startswith(" ")
    ]
    assert any(re.match(r"    1  - cancel +azure reservation ", line) for line in lines)
    assert any(re.match(r"    2  ~ suspend +azure plan ", line) for line in lines)
    assert lines[-1].startswith(
        "Plan for local-sandbox: 2 delete, 1 stuck, 1 keep of 4 customers; 2 cancel, 1 suspend"
    )
    assert "S12: kept* is on the keep list." in ended.out
    assert "Nothing was changed." in ended.err
    assert [] == writes(sandbox)
    assert before == names(sandbox)


@pytest.mark.parametrize(
    ("name", "decisions"),
    [("stuck", {"stuck": 4, "delete": 3}), ("full", {"delete": 75}), ("empty", {})],
)
def test_plans_of_named_worlds(
    cli: Any, sandbox: Any, tmp_path: Path, name: str, decisions: dict[str, int]
) -> None:
    """The world's stuck customers are stuck, all others go; what only the service knows shows when it is applied."""
    sandbox.seed(name)
    _, plan = planned(cli, tmp_path, "--all")
    found = [one["decision"] for one in plan["customers"]]
    assert decisions == {decision: found.count(decision) for decision in set(found)}


def test_all_but_the_stuck_are_gone(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """Every kind of blocker in every state, with the lags of the service: what stays is told with its reason."""
    configure(cli, CONSENT)
    sandbox.seed("one-of-each")
    sandbox.set(profile="eventual")
    # By the sandbox's clock new orders show after 3 seconds, and settle after 30.
    assert 200 == sandbox.control("PATCH", "/clock", {"advance": "PT10S"}).status_code
    file, plan = planned(cli, tmp_path, "--all")
    assert 200 == sandbox.control("PATCH", "/clock", {"advance": "PT1M"}).status_code
    report = tmp_path / "report.json"
    ended = apply(cli, file, plan["digest"], "--report", str(report), "--output", "json")
    assert 1 == ended.status, ended.err
    stuck = {one["displayName"] for one in plan["customers"] if one["decision"] == "stuck"} | {"Bad address"}
    left = {row["displayName"]: row for row in ended.document if row["outcome"] != "deleted"}
    assert stuck == set(left) == names(sandbox)
    assert {"stuck"} == {row["outcome"] for row in left.values()}
    assert all(row["description"] for row in left.values())
    assert "2007" == left["Bad address"]["code"]
    assert len(plan["customers"]) == len(ended.document) == len(json.loads(report.read_text())["customers"])


def test_an_edited_plan_is_refused_until_it_is_sealed(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S02, status 3 and nothing sent; sealed, it does what it says now."""
    configure(cli, CONSENT)
    sandbox.seed(world(customer("One", ageDays=2), customer("Two", ageDays=1)))
    file, plan = planned(cli, tmp_path, "--all")
    plan["customers"] = [one for one in plan["customers"] if one["displayName"] == "One"]
    Path(file).write_text(json.dumps(plan))
    refused = apply(cli, file, plan["digest"])
    assert 3 == refused.status
    assert "sweep seal" in refused.err
    assert {"One", "Two"} == names(sandbox)
    sealed = cli("sweep", "seal", file, "--output", "json")
    assert 0 == sealed.status
    assert 0 == apply(cli, file, sealed.document["digest"]).status
    assert {"Two"} == names(sandbox)


def test_nobody_is_asked_only_with_digest_and_consent(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S08: status 3 in every other case, before anything that changes."""
    sandbox.seed(world(customer("One")))
    file, plan = planned(cli, tmp_path, "--all")
    sandbox.control("DELETE", "/requests")
    for arguments, said in (
        ((file,), "no terminal"),
        (("--all",), "no terminal"),
        ((file, "--digest", plan["digest"]), "unattended = true"),
        ((file, "--digest", "sha256:1"), "not that of the plan"),
    ):
        ended = cli("sweep", "apply", *arguments)
        assert 3 == ended.status, ended.err
        assert said in ended.err
    assert [] == writes(sandbox)
    configure(cli, CONSENT)
    ended = apply(cli, file, plan["digest"])
    assert 0 == ended.status
    assert "are deleted in 3 s" in ended.err
    assert set() == names(sandbox)


@pytest.mark.parametrize(
    ("answer", "status"), [("local-sandbox 2", 0), ("local-sandbox 1", 3), ("yes", 3), ("", 3)]
)
def test_the_name_and_the_number_are_typed(cli: Any, sandbox: Any, answer: str, status: int) -> None:
    """S07: without a file it plans first, shows the plan, and asks; anything else than both deletes nothing."""
    sandbox.seed(world(customer("One", SEATS), customer("Two")))
    ended = cli.at_terminal("sweep", "apply", "--all", answer=f"{answer}\n", prompt="to go on:")
    assert status == ended.status, ended.err
    assert (set() if status == 0 else {"One", "Two"}) == names(sandbox)


def test_who_changed_since_the_plan_is_left_alone(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S03: it is stale, and said so; the others go."""
    configure(cli, CONSENT)
    sandbox.seed(world(customer("Steady"), customer("Changed", SEATS)))
    file, plan = planned(cli, tmp_path, "--all")
    changed = next(one for one in plan["customers"] if one["displayName"] == "Changed")
    path = f"/v1/customers/{changed['customerId']}/subscriptions/{changed['steps'][0]['target']}"
    document = sandbox.call("GET", path).json()
    assert sandbox.call("PATCH", path, {**document, "quantity": 3}).status_code in {200, 202}
    ended = apply(cli, file, plan["digest"], "--output", "json")
    assert 1 == ended.status
    assert {"Steady": "deleted", "Changed": "stale"} == {
        r["displayName"]: r["outcome"] for r in ended.document
    }
    assert {"Changed"} == names(sandbox)


@pytest.mark.parametrize(
    "ending",
    [pytest.param("json", marks=pytest.mark.prove), "md", pytest.param("txt", marks=pytest.mark.prove)],
)
def test_a_report_in_each_form(cli: Any, sandbox: Any, tmp_path: Path, ending: str) -> None:
    """What was, what was done, what is left and why (S24)."""
    configure(cli, CONSENT)
    sandbox.seed(world(customer("Gone"), customer("Left | with *marks*", OLD)))
    file, plan = planned(cli, tmp_path, "--all")
    report = tmp_path / f"report.{ending}"
    assert 1 == apply(cli, file, plan["digest"], "--report", str(report)).status
    text = report.read_text()
    for said in ("stuck", "too old to be cancelled", "local-sandbox"):
        assert said in text
    assert ("Left \\| with \\*marks\\*" in text) is (ending == "md")


def test_events_are_lines_of_json(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """With jsonl each event is a line, as it happens, from the start of the run to its counts."""
    configure(cli, CONSENT)
    sandbox.seed(world(customer("One", RESERVATION)))
    file, plan = planned(cli, tmp_path, "--all")
    ended = apply(cli, file, plan["digest"], "--output", "jsonl")
    events = [json.loads(line) for line in ended.out.splitlines()]
    kinds = [event["event"] for event in events]
    assert "run started" == kinds[0]
    assert "run finished" == kinds[-1]
    assert {"deleted": 1} == events[-1]["counts"]
    actions = [event["action"] for event in events if event["event"] == "step intended"]
    assert ["cancel order", "delete customer"] == actions


def test_an_interrupted_run_goes_on(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """Ctrl-C: status 130, and the sentence says how to go on; afterwards everybody is counted once.

    Who was put on the keep list meanwhile is not deleted by a run that goes on (S12); who is gone is no matter.
    """
    configure(cli, CONSENT)
    sandbox.seed(world(customer("Slow", PENDING), customer("Quick", ageDays=2)))
    file, plan = planned(cli, tmp_path, "--all")
    process = subprocess.Popen(
        [*cli.program, "sweep", "apply", file, "--digest", plan["digest"]],
        env=cli.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    said = ""
    while "Quick: deleted" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    said += process.communicate(timeout=60)[1]
    assert 130 == process.returncode, said
    run = re.search(r"partnercenter sweep resume (\S+)'", said)
    assert run is not None
    assert {"Slow"} == names(sandbox)
    listed = cli("sweep", "runs", "--output", "json").document
    assert [(run[1], 2, 1)] == [(row["run"], row["customers"], row["left"]) for row in listed]
    configure(cli, f"{CONSENT}keep = ['Slow']\n")
    kept = cli("sweep", "resume")
    assert (3, {"Slow"}) == (kept.status, names(sandbox)), kept.err
    assert "on the keep list" in kept.err
    configure(cli, f"{CONSENT}keep = ['Quick']\n")
    resumed = cli("sweep", "resume", "--output", "json")
    assert 0 == resumed.status, resumed.err
    assert ["Quick", "Slow"] == sorted(row["displayName"] for row in resumed.document)
    assert set() == names(sandbox)
    assert 2 == cli("sweep", "resume").status
    assert 2 == cli("sweep", "resume", "../../x").status


def test_a_rehearsal_tells_the_outcome_and_calls_nobody(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """S23: the same customers in a throw-away sandbox, with what they have; the partner hears nothing."""
    sandbox.seed(
        world(
            customer("Everything", PLAN, RESERVATION, SEATS, ageDays=5),
            customer("Stuck", OLD, ageDays=80),
            customer("Kept"),
            customer("On its way", PENDING),
        )
    )
    file, _ = planned(cli, tmp_path, "--all", "--keep", "Kept")
    sandbox.control("DELETE", "/requests")
    ended = cli("sweep", "rehearse", file, "--lag", "fast", "--output", "json")
    assert 1 == ended.status, ended.err
    assert {"Everything": "deleted", "On its way": "deleted", "Stuck": "stuck", "Kept": "kept"} == {
        row["displayName"]: row["outcome"] for row in ended.document
    }
    assert "Differs" not in ended.err
    assert re.search(r"Rehearsed with \d+ calls in \d", ended.err)
    assert [] == sandbox.control("GET", "/requests").json()["requests"]
    assert [] == cli("sweep", "runs", "--output", "json").document


def test_one_customer_is_cleared_and_deleted(cli: Any, sandbox: Any) -> None:
    """`customers delete ID --cancel-orders` is the same engine; without it the deletion is refused."""
    sandbox.seed(world(customer("One", SEATS, RESERVATION), customer("Other", SEATS)))
    items = sandbox.call("GET", "/v1/customers").json()["items"]
    one = next(item["id"] for item in items if item["companyProfile"]["companyName"] == "One")
    assert 1 == cli("customers", "delete", one, "--yes").status
    dry = cli("customers", "delete", one, "--cancel-orders", "--dry-run")
    assert 0 == dry.status
    assert "- cancel" in dry.out
    assert 0 == cli("customers", "delete", one, "--cancel-orders", "--yes").status
    assert {"Other"} == names(sandbox)
    again = cli("customers", "delete", one, "--cancel-orders", "--yes")
    assert 0 == again.status, again.err
    assert 2 == cli("customers", "delete", "--all", "--cancel-orders", "--yes").status


def test_just_enough_of_the_oldest_are_deleted(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """`--free 2` of a full sandbox: the two oldest that can go."""
    sandbox.seed("full")
    _, plan = planned(cli, tmp_path, "--free", "2")
    assert 2 == len(plan["customers"])
    assert {"free": 2, "max": 75} == plan["selection"]
    ended = cli("sweep", "plan", "--all", "--max", "5")
    assert 3 == ended.status
    assert "--max is 5" in ended.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan",), "Choose customers in one way"),
        (("plan", "--all", "--name", "x"), "in one way"),
        (("plan", "not-a-guid"), "Not a customer id"),
        (("plan", "--file", "missing.csv"), "cannot be read"),
        (("plan", "--older-than", "3 days"), "no duration"),
        (("plan", "--name", " "), "must be a pattern"),
        (("plan", "--free", "0"), "1 to 75"),
        (("plan", "--all", "--keep", "x,until=soon"), "must end in a day"),
        (("plan", "--all", "--max", "76"), "1 to 75"),
        (("apply",), "Give a plan's file"),
        (("apply", "p.json", "--all"), "no other choice"),
        (("apply", "--all", "--digest", "x"), "a plan's file"),
        (("apply", "missing.json", "--digest", "x"), "cannot be read"),
        (("apply", "--all", "--report", "report.pdf"), "must end in"),
        (("rehearse", "missing.json"), "cannot be read"),
        (("seal", "missing.json"), "cannot be read"),
        (("resume",), "Every run is over"),
    ],
)
def test_what_is_wrong_ends_before_anything_is_called(
    cli: Any, sandbox: Any, arguments: tuple[str, ...], said: str
) -> None:
    """S10: one sentence, status 2, not a request."""
    sandbox.control("DELETE", "/requests")
    ended = cli("sweep", *arguments)
    assert 2 == ended.status, ended.err
    assert said in ended.err
    assert [] == sandbox.control("GET", "/requests").json()["requests"]


def test_a_file_that_is_no_plan_is_refused(cli: Any, tmp_path: Path) -> None:
    """S14: neither is an id in it that has not the form of one."""
    file = tmp_path / "plan.json"
    file.write_text("{}")
    ended = cli("sweep", "apply", str(file), "--digest", "x")
    assert 2 == ended.status
    assert "is not a plan" in ended.err


def test_an_unknown_setting_stops_before_anything_is_called(cli: Any, sandbox: Any) -> None:
    """S10: a protection that is misspelt would be none."""
    sandbox.control("DELETE", "/requests")
    for text in ("nevr = []\n", "never = ['x']\n", "[profiles.default]\nunattendd = true\n"):
        configure(cli, text)
        assert 2 == cli("sweep", "plan", "--all").status
    assert [] == sandbox.control("GET", "/requests").json()["requests"]

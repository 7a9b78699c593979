"""`partnercenter customers delete` against a real sandbox: every way in, every prompt, every exit status."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from partnercenter.contract import development_partner as partner

NOBODY = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"


def ids(sandbox: Any) -> list[str]:
    """The customers that are there, by the API."""
    return [item["id"] for item in sandbox.call("GET", "/v1/customers").json()["items"]]


def outcomes(ended: Any) -> list[tuple[str, str]]:
    return [(row["customerId"], row["outcome"]) for row in ended.document]


def delete(cli: Any, *arguments: str, **kwargs: Any) -> Any:
    return cli("customers", "delete", *arguments, "--output", "json", **kwargs)


def test_a_customer_is_deleted(cli: Any, sandbox: Any) -> None:
    """With --yes nobody is asked; the result is on stdout, what happened on stderr."""
    first, second = (sandbox.create_customer()["id"] for _ in range(2))
    ended = delete(cli, first, "--yes")
    assert 0 == ended.status, ended.err
    assert [(first, "deleted")] == outcomes(ended)
    assert "age: today; has: nothing" in ended.err
    assert "1 deleted." in ended.err
    assert [second] == ids(sandbox)


def test_a_customer_that_is_gone_counts_as_done(cli: Any, sandbox: Any) -> None:
    """Status 0, and the result says so; an id that is given twice counts once."""
    customer = sandbox.create_customer()["id"]
    assert 0 == delete(cli, customer, "--yes").status
    ended = delete(cli, customer, customer.upper(), NOBODY, "--yes")
    assert 0 == ended.status
    assert [(customer, "already gone"), (NOBODY, "already gone")] == outcomes(ended)


def test_one_failure_does_not_stop_the_others(cli: Any, sandbox: Any) -> None:
    """The blocked customer is reported with code, words, correlation id and advice; status 1."""
    sandbox.seed("demo")
    ended = delete(cli, *ids(sandbox), "--yes")
    assert 1 == ended.status
    rows = {row["displayName"]: row for row in ended.document}
    assert {"Juniper Analytics": "failed", "Old Mill Imports": "failed"} == {
        name: row["outcome"] for name, row in rows.items() if row["outcome"] != "deleted"
    }
    blocked = rows["Juniper Analytics"]
    assert "3000" == blocked["code"]
    assert "active Azure reserved instances" in blocked["description"]
    assert blocked["advice"]
    assert blocked["correlationId"]
    assert 2 == len(ids(sandbox))
    assert "3 deleted, 2 failed." in ended.err


def test_what_is_attached_is_shown(cli: Any, sandbox: Any) -> None:
    """A dry run tells name, domain, age and what each customer has, and deletes nothing."""
    sandbox.seed("demo")
    before = ids(sandbox)
    ended = delete(cli, *before, NOBODY, "--dry-run")
    assert 0 == ended.status
    rows = {row["displayName"]: row for row in ended.document}
    assert "nothing" == rows["Northlake Test"]["attached"]
    assert "1 completed order" in rows["Juniper Analytics"]["attached"]
    assert "1 active subscription" in rows["Kestrel Bakery"]["attached"]
    assert f"{NOBODY}: already gone" in ended.err
    assert "Dry run: 5 would be tried; nothing was deleted." in ended.err
    assert before == ids(sandbox)


AT_A_TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:])"


def test_results_are_readable_on_a_narrow_terminal(cli: Any, sandbox: Any) -> None:
    """Where the columns do not fit, each result is a block of its members, and no word is broken."""
    sandbox.seed("demo")
    screen = replace(cli, program=(sys.executable, "-c", AT_A_TERMINAL, *cli.program))
    ended = screen("customers", "delete", "--all", "--yes", env={"COLUMNS": "80"})
    blocks = ended.out.replace("\r\n", "\n").partition("3 deleted, 2 failed.\n")[2].rstrip("\n").split("\n\n")
    assert 5 == len(blocks)
    blocked = next(block for block in blocks if "Juniper Analytics" in block)
    assert "customerId" == blocked.split()[0]
    assert "active Azure reserved instances" in " ".join(blocked.split())
    assert max(len(line) for line in "\n".join(blocks).split("\n")) <= 80


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_results_come_in_every_form(cli: Any, sandbox: Any, form: str) -> None:
    """The columns are the same."""
    customer = sandbox.create_customer()["id"]
    ended = cli("customers", "delete", customer, "--yes", "--output", form)
    assert 0 == ended.status
    if form == "jsonl":
        assert [(customer, "deleted")] == [
            (r["customerId"], r["outcome"]) for r in map(json.loads, ended.out.splitlines())
        ]
    elif form == "csv":
        assert [customer] == [row["customerId"] for row in csv.DictReader(io.StringIO(ended.out))]
    else:
        assert customer in ended.out


def test_an_export_can_be_deleted(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """What `export` wrote, `delete --file` reads; also from stdin."""
    for _ in range(3):
        sandbox.create_customer()
    file = tmp_path / "out.csv"
    cli("customers", "export", str(file))
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert 0 == delete(cli, "--file", "-", "--yes", input="".join(lines[:2])).status
    assert 2 == len(ids(sandbox))
    assert 0 == delete(cli, "--file", str(file), "--yes").status
    assert [] == ids(sandbox)


def test_a_file_with_a_bad_row_deletes_nothing(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """The row is named by its line, status 2."""
    customer = sandbox.create_customer()["id"]
    file = tmp_path / "in.csv"
    file.write_text(f"customerId,displayName\n{customer},One\n,Two\n", encoding="utf-8")
    ended = delete(cli, "--file", str(file), "--yes")
    assert (2, "") == (ended.status, ended.out)
    assert "line 3 (no id)" in ended.err
    assert [customer] == ids(sandbox)


@pytest.mark.parametrize("header", ["customerId,customerId", "CustomerID,customer id"])
def test_a_file_with_two_columns_of_ids_deletes_nothing(bare: Any, tmp_path: Path, header: str) -> None:
    """Which of them is meant cannot be known: status 2 without any settings."""
    file = tmp_path / "in.csv"
    file.write_text(f"{header}\n{NOBODY},{NOBODY}\n", encoding="utf-8")
    ended = bare("customers", "delete", "--file", str(file), "--yes")
    assert (2, "") == (ended.status, ended.out)
    assert (
        f"more than one column customerId in its first line (found: {header.replace(',', ', ')})" in ended.err
    )
    assert 1 == ended.err.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        '#TYPE System.Management.Automation.PSCustomObject\r\n"displayName","customerId"\r\n"A, B","{}"\r\n',
        "sep=,\ncustomerId,a;b;c\n{},x\n",
        "sep=;\r\ncustomerId;a,b,c\r\n{};x\r\n",
    ],
)
def test_first_lines_of_powershell_and_excel_are_skipped(cli: Any, sandbox: Any, text: str) -> None:
    """The separator that such a line names holds."""
    customer = sandbox.create_customer()["id"]
    ended = delete(cli, "--file", "-", "--yes", input=text.format(customer))
    assert (0, [(customer, "deleted")]) == (ended.status, outcomes(ended)), ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        (NOBODY, ""),
        (NOBODY, "--all"),
        (NOBODY, "--file", "x.csv"),
        ("--file", "x.csv", "--all"),
        ("--file", "/nonexistent/x.csv"),
        ("--file", ""),
    ],
)
def test_a_wrong_choice_is_refused_before_any_call(bare: Any, arguments: Sequence[str]) -> None:
    """Status 2 without any settings, so nothing can have been called."""
    ended = bare("customers", "delete", "--yes", *arguments)
    assert (2, "") == (ended.status, ended.out)
    assert 1 == ended.err.count("\n")


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        ((NOBODY, "--all"), "customer ids, --all"),
        ((NOBODY, "--file", "x.csv"), "customer ids, --file"),
        (("--file", "x.csv", "--all"), "--file, --all"),
        ((NOBODY, "--file", "x.csv", "--all"), "customer ids, --file, --all"),
    ],
)
def test_choices_that_exclude_each_other_are_named(bare: Any, arguments: Sequence[str], given: str) -> None:
    """The sentence lists what was given."""
    said = f"Give only one of customer ids, --file and --all; these were given: {given}."
    ended = bare("customers", "delete", "--yes", *arguments)
    assert (2, True) == (ended.status, said in ended.err), ended.err


def test_without_a_terminal_yes_is_needed(bare: Any) -> None:
    """A script that forgot --yes is told so, status 2."""
    ended = bare("customers", "delete", NOBODY, input="y\n")
    assert (2, "") == (ended.status, ended.out)
    assert "use --yes in scripts" in ended.err


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("sure\n", False), ("\x04", False)],
)
def test_one_customer_is_asked_for_with_yes_or_no(cli: Any, sandbox: Any, answer: str, deleted: bool) -> None:
    """Anything but yes keeps the customer; what was asked shows name, domain and age."""
    customer = sandbox.create_customer()
    ended = cli.at_terminal(
        "customers", "delete", customer["id"], "--output", "json", prompt="[y/N]", answer=answer
    )
    assert customer["companyProfile"]["domain"] in ended.err
    assert "age: today" in ended.err
    assert [(customer["id"], "deleted" if deleted else "kept")] == outcomes(ended)
    assert (0 if deleted else 1) == ended.status
    assert (not deleted) == (ids(sandbox) == [customer["id"]])


@pytest.mark.parametrize(
    ("answer", "deleted"), [("2\n", True), ("y\n", False), ("3\n", False), ("\n", False)]
)
def test_several_customers_are_asked_for_by_their_number(
    cli: Any, sandbox: Any, answer: str, deleted: bool
) -> None:
    """A reflex is not enough: the number must be typed."""
    chosen = [sandbox.create_customer()["id"] for _ in range(2)]
    ended = cli.at_terminal("customers", "delete", *chosen, prompt="to go on:", answer=answer)
    assert (0 if deleted else 1) == ended.status
    assert ([] if deleted else chosen) == ids(sandbox)
    assert deleted or "Nothing was deleted." in ended.err


@pytest.mark.parametrize(
    ("answer", "deleted"),
    [("local-sandbox 2\n", True), ("2\n", False), ("local-sandbox\n", False), ("Local-Sandbox 2\n", False)],
)
def test_all_customers_are_asked_for_by_sandbox_and_number(
    cli: Any, sandbox: Any, answer: str, deleted: bool
) -> None:
    """Alias and number of customers, exactly."""
    chosen = [sandbox.create_customer()["id"] for _ in range(2)]
    ended = cli.at_terminal("customers", "delete", "--all", prompt="to go on:", answer=answer)
    assert (0 if deleted else 1) == ended.status
    assert ([] if deleted else chosen) == ids(sandbox)


def test_all_of_none_is_nothing(cli: Any) -> None:
    """An empty sandbox is done."""
    ended = delete(cli, "--all", "--yes")
    assert (0, []) == (ended.status, ended.document)
    assert "There are no customers." in ended.err


def test_all_with_yes_empties_a_full_sandbox(cli: Any, sandbox: Any) -> None:
    """75 customers are what a sandbox can hold."""
    sandbox.seed("full")
    ended = delete(cli, "--all", "--yes")
    assert 0 == ended.status, ended.err
    assert 75 == len(ended.document)
    assert [] == ids(sandbox)


def test_more_than_a_sandbox_holds_is_refused(cli: Any, tmp_path: Path) -> None:
    """76 ids are not of a sandbox, status 3, and nothing is called."""
    file = tmp_path / "in.csv"
    many = [f"5d6b1c1e-2f0a-4a55-9a39-{number:012x}" for number in range(76)]
    file.write_text("customerId\n" + "\n".join(many), encoding="utf-8")
    for arguments in (("--file", str(file)), tuple(many)):
        ended = delete(cli, *arguments, "--yes", env={"PARTNERCENTER_ENDPOINT": "http://127.0.0.1:9"})
        assert (3, "") == (ended.status, ended.out)
        assert "76 customers are selected" in ended.err


def signed_in_as_other(sandbox: Any) -> dict[str, str]:
    """A second sandbox partner with one customer; its settings."""
    from partnercenter.sandbox.worlds.named import OTHER_CLIENT_ID, OTHER_TENANT_ID

    sandbox.seed("partners")
    return {
        "PARTNERCENTER_TENANT_ID": OTHER_TENANT_ID,
        "PARTNERCENTER_CLIENT_ID": OTHER_CLIENT_ID,
        "PARTNERCENTER_CLIENT_SECRET": partner.CLIENT_SECRET,
    }


@pytest.mark.parametrize("extra", [(), ("--dry-run",)])
def test_a_tenant_that_is_not_registered_is_refused(cli: Any, sandbox: Any, extra: Sequence[str]) -> None:
    """Status 3 with the command that registers it; nothing is deleted."""
    environment = signed_in_as_other(sandbox)
    tenant = environment["PARTNERCENTER_TENANT_ID"]
    ended = delete(cli, "--all", "--yes", *extra, env=environment)
    assert (3, "") == (ended.status, ended.out)
    assert f"partnercenter trust {tenant} --alias NAME" in ended.err
    assert 1 == len(cli("customers", "list", "--output", "json", env=environment).document)


@pytest.mark.parametrize("way", ["registry", "variable"])
def test_a_tenant_that_is_named_may_be_cleaned_up(cli: Any, sandbox: Any, way: str) -> None:
    """By `trust`, or by PARTNERCENTER_SANDBOX_TENANT_ID."""
    environment = signed_in_as_other(sandbox)
    tenant = environment["PARTNERCENTER_TENANT_ID"]
    if way == "registry":
        assert 0 == cli("trust", tenant, "--alias", "other").status
    else:
        environment["PARTNERCENTER_SANDBOX_TENANT_ID"] = tenant.upper()
    ended = delete(cli, "--all", "--yes", env=environment)
    assert 0 == ended.status, ended.err
    assert 1 == len(ended.document)


@pytest.mark.parametrize("value", ["contoso", f"{NOBODY},{NOBODY}"])
def test_a_malformed_variable_is_refused(cli: Any, sandbox: Any, value: str) -> None:
    """A doubt about the rule's inputs is a refusal."""
    sandbox.create_customer()
    ended = delete(cli, "--all", "--yes", env={"PARTNERCENTER_SANDBOX_TENANT_ID": value})
    assert (3, "") == (ended.status, ended.out)
    assert 1 == len(ids(sandbox))


def test_a_registry_that_cannot_be_read_protects(cli: Any, sandbox: Any) -> None:
    """Also where the development partner would have been trusted without it."""
    sandbox.create_customer()
    folder = Path(cli.environment["PARTNERCENTER_CONFIG_DIR"])
    folder.mkdir(mode=0o700)
    (folder / "trusted-sandboxes.json").write_text("{", encoding="utf-8")
    ended = delete(cli, "--all", "--yes")
    assert (2, "") == (ended.status, ended.out)
    assert 1 == len(ids(sandbox))


def test_a_customer_of_another_partner_is_out_of_reach(cli: Any, sandbox: Any) -> None:
    """The service says that there is no relationship, and the customer stays."""
    environment = signed_in_as_other(sandbox)
    theirs = cli("customers", "list", "--output", "json", env=environment).document[0]["customerId"]
    ended = delete(cli, theirs, "--yes")
    assert (1, [(theirs, "failed")]) == (ended.status, outcomes(ended))
    assert "20002" == ended.document[0]["code"]
    assert 0 == cli("customers", "show", theirs, env=environment).status


def test_ctrl_c_at_the_question_deletes_nothing(cli: Any, sandbox: Any) -> None:
    """Status 130, and it is said that nothing was deleted."""
    customer = sandbox.create_customer()["id"]
    ended = cli.at_terminal(
        "customers", "delete", customer, prompt="[y/N]", answer="", do=lambda pid: os.kill(pid, signal.SIGINT)
    )
    assert 130 == ended.status
    assert "Nothing was deleted." in ended.err
    assert [customer] == ids(sandbox)


def test_ctrl_c_while_deleting_reports_what_was_done(cli: Any, sandbox: Any) -> None:
    """The current customer is finished, the rest is kept and counted, status 130."""
    sandbox.seed("full")
    ended = cli.at_terminal(
        "customers", "delete", "--all", "--yes", "--output", "json",
        prompt="[3/75]", answer="", do=lambda pid: os.kill(pid, signal.SIGINT),
    )  # fmt: skip
    assert 130 == ended.status
    kept = [customer_id for customer_id, outcome in outcomes(ended) if outcome == "kept"]
    assert 75 == len(ended.document)
    assert {"deleted", "kept"} == {outcome for _, outcome in outcomes(ended)}
    assert set(kept) == set(ids(sandbox))
    assert f"Interrupted: {len(kept)} customers left" in ended.err


class FalseService(BaseHTTPRequestHandler):
    """Signs in to one tenant first and to another afterwards; counts what would delete."""

    tenants: tuple[str, ...] = ()
    user: tuple[tuple[str, str], ...] = ()
    tokens = 0
    deletes = 0
    name = ""
    refused = ""

    def do_POST(self) -> None:
        """Hand out the next token, which has expired already, so that the next call asks for another."""
        kind = type(self)
        tenant = kind.tenants[min(kind.tokens, len(kind.tenants) - 1)]
        kind.tokens += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = json.dumps({"tid": tenant, **dict(kind.user)}).encode()
        claims = base64.urlsafe_b64encode(told).decode().rstrip("=")
        self._answer({"access_token": f"e30.{claims}.c2ln", "token_type": "Bearer", "expires_in": 1})

    def do_GET(self) -> None:
        """Answer discovery, and say that every customer is there."""
        base = f"http://{self.headers['Host']}"
        here = self.path.partition("/v2.0")[0]
        if self.refused == "GET" and self.path.startswith("/v1/customers/"):
            self._refuse()
            return
        self._answer(
            {
                "token_endpoint": f"{base}{here}/oauth2/v2.0/token".replace("http:", "https:"),
                "authorization_endpoint": f"{base}{here}/authorize".replace("http:", "https:"),
                "issuer": f"{base}{here}/v2.0".replace("http:", "https:"),
                "id": NOBODY,
                "companyProfile": {"companyName": self.name, "domain": self.name},
                "items": [],
            }
        )

    def do_DELETE(self) -> None:
        """Remember that it happened."""
        type(self).deletes += 1
        if self.refused == "DELETE":
            self._refuse()
        else:
            self._answer({})

    def _refuse(self) -> None:
        self._answer({"code": 3000, "description": "No.\n[2/3] Other: deleted"}, status=400)

    def _answer(self, document: Any, status: int = 200) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Be quiet."""


@pytest.fixture
def false_service() -> Iterator[tuple[str, type[FalseService]]]:
    """A server on loopback that is not what it says."""
    kind = type("Handler", (FalseService,), {"tokens": 0, "deletes": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kind
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "tenants", [(NOBODY,), (partner.TENANT_ID, NOBODY), (partner.TENANT_ID, partner.TENANT_ID, NOBODY)]
)
def test_a_token_of_another_tenant_deletes_nothing(
    bare: Any, false_service: tuple[str, type[FalseService]], tenants: tuple[str, ...]
) -> None:
    """Whenever the sign-in begins to hand out another tenant's token, it is refused before it is sent."""
    url, kind = false_service
    kind.tenants = tenants
    ended = bare("customers", "delete", NOBODY, "--yes", "--endpoint", url)
    assert 3 == ended.status, ended.err
    assert 0 == kind.deletes


@pytest.mark.parametrize("claim", ["upn", "unique_name", "preferred_username"])
def test_a_user_of_a_domain_that_looks_like_production_deletes_nothing(
    bare: Any, false_service: tuple[str, type[FalseService]], claim: str
) -> None:
    """S06, by whatever name the token has for the user."""
    url, kind = false_service
    kind.tenants, kind.user = (partner.TENANT_ID,), ((claim, "anna@contoso-prod.example"),)
    ended = bare("customers", "delete", NOBODY, "--yes", "--endpoint", url)
    assert 3 == ended.status, ended.err
    assert "The user's domain is 'contoso-prod.example'" in ended.err
    assert 0 == kind.deletes


@pytest.mark.parametrize("name", ["x\n[2/3] Other: deleted", "\n"])
@pytest.mark.parametrize("extra", ["--yes", "--dry-run"])
def test_a_name_cannot_forge_a_line(
    bare: Any, false_service: tuple[str, type[FalseService]], name: str, extra: str
) -> None:
    """A newline in a name or a domain is shown as an escape wherever it is told."""
    url, kind = false_service
    kind.tenants, kind.name, kind.refused = (partner.TENANT_ID,), name, "DELETE"
    shown = name.replace("\n", "\\x0a")
    expected = {
        "--yes": [f"{shown}  {shown}  {NOBODY}", f"[1/1] {shown}: failed"],
        "--dry-run": ["Dry run: 1 would be tried; nothing was deleted."],
    }
    lines = bare("customers", "delete", NOBODY, extra, "--endpoint", url).err.split("\n")
    assert [] == [line for line in expected[extra] if line not in lines]
    assert not any(line.startswith("[2/3]") for line in lines)


def test_a_description_cannot_forge_a_line(bare: Any, false_service: tuple[str, type[FalseService]]) -> None:
    """A newline in what the service says is shown as an escape."""
    url, kind = false_service
    kind.tenants, kind.refused = (partner.TENANT_ID,), "GET"
    ended = bare("customers", "delete", NOBODY, "--dry-run", "--endpoint", url)
    assert f"{NOBODY}: failed: No.\\x0a[2/3] Other: deleted" in ended.err

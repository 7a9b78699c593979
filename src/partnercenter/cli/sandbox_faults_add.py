"""`partnercenter sandbox faults add`."""

from __future__ import annotations

from typing import Any, Final

import click

from partnercenter.cli.control import Control
from partnercenter.cli.control_options import control_option
from partnercenter.cli.json_file import read_json_object
from partnercenter.cli.output import output_option, record

_MEMBERS: Final = {
    "operation": "operation",
    "method": "method",
    "customer_id": "customerId",
    "partner_id": "partnerId",
    "times": "times",
    "skip": "skip",
    "probability": "probability",
    "seed": "seed",
    "status": "status",
    "code": "code",
    "description": "description",
    "retry_after": "retryAfter",
    "delay": "delaySeconds",
    "lost": "lost",
    "reset": "reset",
    "malformed": "malformed",
}


@click.command(name="add")
@click.argument("file", required=False, metavar="[FILE.json]")
@click.option("--operation", metavar="NAME", help="An operation such as customers.delete, or orders.*.")
@click.option("--method", metavar="METHOD", help="Calls of this HTTP method only.")
@click.option("--customer-id", metavar="ID", help="Calls about this customer only.")
@click.option("--partner-id", metavar="TENANT", help="Calls of this partner tenant only.")
@click.option("--times", type=click.IntRange(min=1), help="How many calls go wrong; 1 unless given.")
@click.option("--always", is_flag=True, help="Every call goes wrong, until the fault is removed.")
@click.option("--skip", type=click.IntRange(min=0), help="Let so many matching calls pass before.")
@click.option("--probability", type=float, metavar="P", help="Hit a matching call with this probability.")
@click.option("--seed", type=int, help="The same seed hits the same calls again.")
@click.option("--status", type=click.IntRange(400, 599), help="Answer with this status; nothing is done.")
@click.option("--code", type=int, help="The service's code in that answer.")
@click.option("--description", metavar="TEXT", help="The words of that answer.")
@click.option("--retry-after", type=click.IntRange(min=0), help="Answer 429, or --status, with Retry-After.")
@click.option("--delay", type=float, metavar="SECONDS", help="Wait before anything is done.")
@click.option("--lost", is_flag=True, help="Do it, but let the answer never arrive.")
@click.option("--reset", is_flag=True, help="Reset the connection before anything is done.")
@click.option("--malformed", type=click.Choice(["torn", "html"]), help="Do it, but spoil the answer's body.")
@output_option
@control_option
def command(file: str | None, always: bool, form: str, control: Control, **given: Any) -> None:
    """Let the next calls of a kind go wrong, as options say, or one fault in a JSON file (- for stdin)."""
    order = {
        member: given[option]
        for option, member in _MEMBERS.items()
        if given[option] is not None and given[option] is not False
    }
    if always:
        if "times" in order:
            raise click.UsageError("Give either --times or --always.")
        order["times"] = None
    if file is not None:
        if order:
            raise click.UsageError("Give either a file or options.")
        order = read_json_object(file, "one fault: a JSON object")
    record(form, control.call("POST", "/_sandbox/faults", order))

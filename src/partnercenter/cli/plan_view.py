"""A plan for eyes: one symbol and one word for each action, as a tree, and the counts at the end."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import click

from partnercenter.cli.output import record, rows
from partnercenter.cli.visible import visible

if TYPE_CHECKING:
    from partnercenter.cleanup.sweep_plan import CustomerPlan, Plan, PlannedStep

COLUMNS: Final = (
    "customerId",
    "displayName",
    "defaultDomainName",
    "decision",
    "reason",
    "created",
    "stuckSince",
    "steps",
)
_SYMBOLS: Final = {
    "keep": "=",
    "cancel": "-",
    "suspend": "~",
    "activate": "+",
    "wait": ".",
    "delete": "x",
    "stuck": "!",
}
_STYLES: Final = {"keep": "green", "stuck": "yellow", "delete": "red"}


def show_plan(form: str, plan: Plan) -> None:
    """Print a plan on stdout: a tree for eyes, the plan itself as json, a row for each customer as jsonl or csv."""
    if form == "json":
        record("json", plan.to_json())
        return
    if form != "table":
        with rows(form, COLUMNS) as write:
            for customer in plan.customers:
                write(_row(customer))
        return
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        _print_tree(plan)
    else:
        for line in plan_lines(plan):
            click.echo(line)
    click.echo(counts(plan))


def plan_lines(plan: Plan) -> Iterator[str]:
    """The plan as plain lines."""
    for customer in plan.customers:
        yield _customer_line(customer)
        for step in customer.steps:
            yield f"    {_step_line(step)}"


def counts(plan: Plan) -> str:
    """Such as "Plan for local-sandbox: 3 delete, 2 stuck, 1 keep; 5 cancel, 1 suspend."."""
    decisions = Counter(customer.decision.value for customer in plan.customers)
    words = Counter(_word(step) for customer in plan.customers for step in customer.steps)
    of_customers = ", ".join(f"{decisions[word]} {word}" for word in ("delete", "stuck", "keep"))
    of_steps = ", ".join(
        f"{words[word]} {word}" for word in ("cancel", "suspend", "activate", "wait") if words[word]
    )
    said = f"Plan for {plan.alias}: {of_customers} of {len(plan.customers)} customers"
    return visible(said + (f"; {of_steps}." if of_steps else "."))


def _word(step: PlannedStep) -> str:
    """The first word of an action: wait, cancel, activate, suspend or delete."""
    return step.action.value.split()[0]


def _label(word: str) -> str:
    return f"{_SYMBOLS[word]} {word}"


def _customer_line(customer: CustomerPlan) -> str:
    name = customer.display_name or customer.customer_id
    domain = f"  {customer.domain}" if customer.domain else ""
    created = f"  created {customer.created:%Y-%m-%d}" if customer.created else ""
    line = f"{_label(customer.decision.value):<8}  {name}{domain}  {customer.customer_id}{created}  {customer.reason}"
    return visible(line)


def _step_line(step: PlannedStep) -> str:
    name = f" {step.name!r}" if step.name and step.kind != "customer" else ""
    until = f", until {step.until:%Y-%m-%d}" if step.until else ""
    return visible(f"{step.stage}  {_label(_word(step)):<9}  {step.kind}{name} ({step.target}){until}")


def _print_tree(plan: Plan) -> None:
    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    for customer in plan.customers:
        style = _STYLES[customer.decision.value]
        tree = Tree(Text(_customer_line(customer), style=style), guide_style="dim")
        for step in customer.steps:
            tree.add(Text(_step_line(step)))
        console.print(tree)


def _row(customer: CustomerPlan) -> dict[str, object]:
    written = customer.to_json()
    return {
        "customerId": customer.customer_id,
        "displayName": customer.display_name,
        "defaultDomainName": customer.domain,
        "decision": customer.decision.value,
        "reason": customer.reason,
        "created": written["created"] or "",
        "stuckSince": written["stuckSince"] or "",
        "steps": _in_words(customer.steps),
    }


def _in_words(steps: Sequence[PlannedStep]) -> str:
    return ", then ".join(f"{step.action.value} {step.target}" for step in steps)

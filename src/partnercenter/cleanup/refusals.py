"""The interlocks that stand before a run, each as a function that refuses or returns None. Pure.

S06 words, S08 consent, S09 numbers, S13 the token. The others stand where their data is: S02 and S14 in `plan_file`,
S04 and S05 in `trusted_sandboxes`, S10 to S12 in `selection` and `safety_settings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from partnercenter.cleanup.interlocks import sentence
from partnercenter.cleanup.safety_settings import SafetySettings
from partnercenter.cleanup.selection import Listed
from partnercenter.cleanup.sweep_plan import Plan
from partnercenter.cleanup.trusted_sandboxes import MOST_CUSTOMERS, Refused, SafetyRuleError
from partnercenter.contract.clouds import PARTNER_CENTER_APPLICATION_ID

SECONDS_BEFORE_UNATTENDED: Final = 3
_WORD: Final = re.compile(r"[^\W_]+")


def refuse(interlock_id: str, detail: str) -> Refused:
    """The refusal of an interlock, with what it is about."""
    return Refused(interlock_id, f"{sentence(interlock_id)} {detail}")


def stop_if(refusal: Refused | None) -> None:
    """Raise `SafetyRuleError` for a refusal."""
    if refusal is not None:
        raise SafetyRuleError(refusal)


def looks_like_production(names: Mapping[str, str], words: Iterable[str]) -> Refused | None:
    """S06: refuse when a name begins or ends one of its words with one of `words`; `names` says what each name is."""
    for what, name in names.items():
        for part in _WORD.findall(name.casefold()):
            found = next((word for word in words if part.startswith(word) or part.endswith(word)), None)
            if found is not None:
                return refuse(
                    "S06",
                    f"{what} is {name[:80]!r}, which has the word {found!r}: if it is a sandbox all the same, "
                    "set other 'words' in config.toml.",
                )
    return None


def confirmation(plan: Plan) -> str:
    """S07: what is to be typed: the name of the sandbox, and how many customers are deleted."""
    return f"{plan.alias} {len(plan.to_delete)}"


def may_go_unattended(plan: Plan, digest: str, settings: SafetySettings) -> Refused | None:
    """S08: refuse unless the digest on the command line is the plan's and the profile agrees to unattended runs."""
    if digest != plan.digest:
        return refuse("S08", f"The digest given is not that of the plan, which is {plan.digest}.")
    if not settings.unattended:
        where = f"profile {settings.profile!r}" if settings.profile else "the profile, which must be named,"
        return refuse("S08", f"Set 'unattended = true' in {where} of config.toml.")
    return None


def kept_by_now(plan: Plan, settings: SafetySettings, today: date) -> Refused | None:
    """S12: refuse a plan that deletes a customer which the profile's keep list has by now."""
    for customer in plan.to_delete:
        listed = Listed(customer.customer_id, customer.display_name, customer.domain)
        if any(rule.keeps(listed, today) for rule in settings.keep):
            return refuse(
                "S12", f"The plan deletes {customer.display_name[:60]!r} all the same: make a new plan."
            )
    return None


def too_many_customers(count: int) -> Refused | None:
    """S09: refuse a partner that has more customers than a sandbox can hold."""
    if count <= MOST_CUSTOMERS:
        return None
    return refuse(
        "S09",
        f"The partner has {count}, and an integration sandbox holds at most {MOST_CUSTOMERS}: it is not one.",
    )


def more_than_wanted(count: int, most: int) -> Refused | None:
    """S09: refuse more deletions than the user set as the most."""
    if count <= most:
        return None
    return refuse("S09", f"{count} would be deleted, and --max is {most}: choose fewer, or set it higher.")


def unfit_audience(audience: str, scope: str) -> Refused | None:
    """S13: refuse a token that is for somebody else; `audience` in lower case and without a slash at its end."""
    wanted = scope.removesuffix("/.default").lower().removesuffix("/")
    if audience in {wanted, PARTNER_CENTER_APPLICATION_ID}:
        return None
    return refuse("S13", f"The token is for {audience[:80]!r}, and not for {wanted}.")

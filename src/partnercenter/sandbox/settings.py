"""The sandbox's settings: one for each fact of the service that nobody has documented.

behaviour.md marks such facts "assumed". A fact learned later changes one default here. Each setting is
set with `partnercenter sandbox serve --set name=value`, at `/_sandbox/settings`, or by a seed; the
table is documented in docs/settings.md, and a test compares the two.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from partnercenter.sandbox.errors import SandboxError

Value = str | int | bool
Kind = Literal["fault", "flag", "number", "words", "text"]

_TRUE: Final = {"true", "on", "yes", "1"}
_FALSE: Final = {"false", "off", "no", "0"}
_SUFFIXES: Final = re.compile(r"\s*[a-z0-9.-]+\s*(,\s*[a-z0-9.-]+\s*)*", re.IGNORECASE)
_FAULT: Final = re.compile(r"[45]\d\d(/\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. A `fault` is written as `status/code`, or as `status` alone for an answer without a body."""

    name: str
    kind: Kind
    default: Value
    section: str
    summary: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 2**31

    def parse(self, raw: object) -> Value:
        """Read a value given as text or as JSON; raises `SandboxError` with what would be right."""
        text = str(raw) if isinstance(raw, (str, int)) else None
        value = None if text is None else self._parse_text(text if self.kind == "text" else text.strip())
        if value is None:
            shown = str(raw)[:60]
            raise SandboxError(f"The setting {self.name} takes {self.expected}, not {shown!r}.")
        return value

    def _parse_text(self, text: str) -> Value | None:
        match self.kind:
            case "flag":
                word = text.lower()
                return True if word in _TRUE else False if word in _FALSE else None
            case "number":
                number = int(text) if re.fullmatch(r"\d{1,10}", text) else None
                return number if number is not None and self.least <= number <= self.most else None
            case "fault":
                return text if _FAULT.fullmatch(text) else None
            case "words":
                return next((word for word in self.choices if word == text.lower()), None)
            case "text":
                return text if len(text) <= 1000 and text.isprintable() else None

    @property
    def expected(self) -> str:
        """What a value looks like, for messages and docs."""
        match self.kind:
            case "flag":
                return "true or false"
            case "number":
                return f"a whole number from {self.least} to {self.most}"
            case "fault":
                return "an HTTP status and a code such as 400/3000, or a status alone"
            case "words":
                return "one of " + ", ".join(self.choices)
            case "text":
                return "a text"


def _fault(name: str, default: str, section: str, summary: str) -> Setting:
    return Setting(name, "fault", default, section, summary)


def _flag(name: str, default: bool, section: str, summary: str) -> Setting:
    return Setting(name, "flag", default, section, summary)


def _number(
    name: str, default: int, section: str, summary: str, least: int = 0, most: int = 2**31
) -> Setting:
    return Setting(name, "number", default, section, summary, least=least, most=most)


def _words(name: str, choices: tuple[str, ...], section: str, summary: str) -> Setting:
    return Setting(name, "words", choices[0], section, summary, choices=choices)


def _text(name: str, default: str, section: str, summary: str) -> Setting:
    return Setting(name, "text", default, section, summary)


_TABLE: Final = (
    # Deleting a customer
    _fault("fault_active_orders", "400/3000", "1.5", "A delete while active orders block it."),
    _text("active_orders_separator", ", ", "1.5", "What stands between several order ids in that fault."),
    _fault(
        "fault_unknown_customer",
        "404/60003",
        "1.5",
        "A customer id that no tenant has.",
    ),
    _fault(
        "fault_deleted_customer", "404/60003", "1.5", "The id of a customer that this partner has deleted."
    ),
    _fault("fault_malformed_customer_id", "400/800002", "1.5", "A customer id that is not a GUID."),
    _fault("fault_production_delete", "400/900127", "1.5", "A delete in a production account."),
    _fault(
        "fault_undeletable_customer", "400/2007", "1.5", "A delete of a customer with a bad postal address."
    ),
    _flag(
        "second_delete_replays",
        True,
        "1.5",
        "The same request id after a success gets the first answer again.",
    ),
    _flag("blocks_azure_savings_plan", True, "1.2", "An Azure savings plan blocks the delete."),
    _flag(
        "blocks_new_commerce", True, "1.2", "An active new-commerce licence subscription blocks the delete."
    ),
    _flag(
        "blocks_marketplace", True, "1.2", "An active or pending marketplace subscription blocks the delete."
    ),
    _flag("blocks_legacy", False, "1.2", "An active legacy subscription blocks the delete."),
    _flag("blocks_pending_orders", True, "1.2", "An order that is still pending blocks the delete."),
    _flag(
        "settled_blocks", False, "1.2", "Suspended, deleted, expired and disabled subscriptions block too."
    ),
    _flag(
        "deleted_domain_stays_reserved",
        True,
        "1.4",
        "The domain of a deleted customer cannot be taken again.",
    ),
    _flag("audit_survives_deletion", True, "1.4", "Audit records about a customer outlive it."),
    _text("precedence", "id,customer,environment", "1.5", "Order of the checks after token and partner."),
    # Tokens
    _fault("fault_no_token", "401/800001", "1.5", "A call without a token."),
    _fault("fault_invalid_token", "401", "1.5", "A token that is not ours or not whole."),
    _fault("fault_expired_token", "401", "1.5", "A token whose time is over."),
    _fault("fault_wrong_audience", "401", "1.5", "A token for an audience that is neither ours nor retired."),
    _fault(
        "fault_not_a_partner",
        "403/600006",
        "1.5",
        "A token of a tenant that is no partner, or of an unregistered app.",
    ),
    _fault("fault_mfa_missing", "401/900421", "1.5", "An app+user token without MFA."),
    _text("mfa_missing_text", "MFA is required to access this API.", "1.5", "Description of that fault."),
    _words("mfa", ("new", "old", "off"), "1.5", "MFA check: new (code), old (no body), off."),
    _flag(
        "accept_retired_audience",
        False,
        "9.1",
        "Take tokens for https://graph.windows.net, as the archived SDKs ask by default.",
    ),
    _flag(
        "accept_application_id_audience",
        True,
        "9.1",
        "Take tokens whose audience is Partner Center's application id.",
    ),
    _number("token_lifetime_seconds", 3600, "9.1", "How long a token is valid.", least=1, most=86_400),
    _flag(
        "patch_relationship_app_only",
        True,
        "3.5",
        "PATCH of a sandbox customer works with an app-only token.",
    ),
    # Requests
    _flag("replay", True, "10.1", "Answers of writes are kept and given again to the same request id."),
    _number("replay_hours", 24, "10.1", "How long they are kept.", least=1, most=24 * 365),
    _flag("replay_faults", True, "10.1", "Refusals are kept too, but never a 401 or a 429."),
    _words(
        "replay_key",
        ("with_body", "without_body"),
        "10.1",
        "Whether another body under the same request id is another call.",
    ),
    _words("malformed_request_id", ("replace", "echo"), "1.5", "A request id that is not a GUID."),
    _flag("require_contract_version", False, "10.1", "Refuse calls without MS-Contract-Version."),
    _fault("fault_method_not_allowed", "405/900141", "1.5", "A known path with a verb it does not have."),
    _flag("trailing_slash", True, "14", "A slash at the end of a path is ignored on every route."),
    _fault("fault_malformed_body", "400/800002", "14", "A body that is not strictly a JSON object."),
    # Answers
    _words("error_full_stop", ("on", "off"), "11.1", "Descriptions end with a full stop."),
    _flag(
        "byte_order_mark", False, "10.2", "Bodies begin with a UTF-8 byte order mark, as older answers did."
    ),
    _words("timestamp_digits", ("7", "3", "0"), "14", "Fraction digits of the times in answers."),
    _flag("links_with_version", False, "3.2", "Links carry /v1, as production's do since November 2021."),
    # Customers
    _number("customer_quota", 75, "8", "Customers that a sandbox partner can have.", most=10_000_000),
    _fault("fault_customer_quota", "400/800018", "3.1", "One customer more than that."),
    _fault("fault_domain_taken", "409/1003", "3.1", "A create with a domain that is taken."),
    _text(
        "domain_suffixes",
        "onmicrosoft.com,onmicrosoft.us,partner.onmschina.cn,ccsctp.net",
        "3.1",
        "Suffixes that a new customer's domain may have.",
    ),
    _fault("fault_missing_field", "400/3000", "3.1", "A required member is missing or malformed."),
    _words(
        "invalid_address",
        ("refuse", "undeletable"),
        "3.1",
        "A bad address: refuse it, or make a customer that can never be deleted.",
    ),
    _fault("fault_invalid_address", "400/2007", "3.1", "A create with a bad address."),
    _words(
        "unlisted_culture",
        ("accept", "refuse"),
        "3.1",
        "A culture or language that the country's validation rules do not list.",
    ),
    _words(
        "registration_number_elsewhere",
        ("optional", "refused"),
        "3.1",
        "A registration number in a country that needs none.",
    ),
    _words("password_in_request", ("ignore", "refuse"), "3.1", "A password that the caller sends."),
    _number(
        "default_page_size", 500, "3.2", "Items of a page when the caller names no size.", least=1, most=500
    ),
    _words(
        "negative_page_size",
        ("default", "refuse"),
        "3.2",
        "A size below 0: as if none were named, or refused.",
    ),
    _words("oversized_page", ("cap", "refuse"), "3.2", "A size above 500."),
    _words("list_order", ("creation", "newest"), "3.2", "Order of the customers in a list."),
    _fault("fault_bad_continuation_token", "400/2000", "3.2", "An expired or foreign continuation token."),
    _words("past_the_end", ("empty", "refuse"), "3.2", "Asking for a page after the last."),
    _flag(
        "delegated_access",
        True,
        "3.3",
        "New customers grant delegated access; without it address, email and domains are hidden.",
    ),
    _fault("fault_if_match_missing", "412/2055", "3.4", "A billing profile sent back without its etag."),
    _fault("fault_stale_etag", "400/2055", "3.4", "A billing profile sent back with an old etag."),
    _fault("fault_relationship_value", "400/3000", "3.5", "A PATCH to any relationship but none."),
    _fault("fault_relationship_ended", "400/3000", "3.5", "A PATCH of a relationship that has ended."),
    _fault("fault_unknown_country", "400/3000", "3.1", "Validation rules of a country that does not exist."),
    _fault("fault_invalid_filter", "400/2000", "3.2", "A filter that cannot be understood."),
    # Orders and subscriptions
    _number(
        "order_list_delay_seconds",
        0,
        "1.6",
        "How long a new order and its subscription are missing from lists.",
    ),
    # Audit
    _words(
        "audit_delete_operation",
        ("delete_customer", "delete_tip_customer"),
        "13.1",
        "Operation type of a sandbox delete.",
    ),
    _flag("audit_failed_attempts", True, "13.1", "Refused writes are recorded as failed."),
    _words(
        "audit_remove_relationship_resource",
        ("customer", "partner_customer_relationship"),
        "13.1",
        "Resource type of an ended relationship.",
    ),
    _fault("fault_audit_window", "400/2000", "13.1", "Audit records asked for more than 90 days back."),
)

SETTINGS: Final[Mapping[str, Setting]] = {setting.name: setting for setting in _TABLE}
_CHECKS: Final = ["customer", "environment", "id"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force: the defaults, and what was changed."""

    changed: Mapping[str, Value]

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Settings:
        """Check and read values given as text or JSON; raises `SandboxError` for an unknown name or a wrong value."""
        return cls(dict(_parsed(given)))

    def with_changes(self, given: Mapping[str, object]) -> Settings:
        """These settings with some changed; a value of None goes back to the default."""
        kept = {name: value for name, value in self.changed.items() if name not in given}
        for name in given:
            _find_setting(name)
        return Settings(kept | dict(_parsed({k: v for k, v in given.items() if v is not None})))

    def __getitem__(self, name: str) -> Value:
        return self.changed.get(name, SETTINGS[name].default)

    def flag(self, name: str) -> bool:
        """The value of a setting that is on or off."""
        return bool(self[name])

    def number(self, name: str) -> int:
        """The value of a setting that is a number."""
        return int(self[name])

    def text(self, name: str) -> str:
        """The value of a setting that is a word or a text."""
        return str(self[name])

    def as_json(self) -> dict[str, Value]:
        """Every setting with its value in force."""
        return {name: self[name] for name in SETTINGS}


def _find_setting(name: str) -> Setting:
    """The setting of that name; raises `SandboxError` with the nearest name that exists."""
    setting = SETTINGS.get(name)
    if setting is None:
        near = difflib.get_close_matches(name, SETTINGS, n=1)
        hint = f"did you mean {near[0]}?" if near else "'partnercenter sandbox settings' lists them."
        raise SandboxError(f"There is no setting named {name[:60]!r}; {hint}")
    return setting


def _parsed(given: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
    for name, raw in given.items():
        value = _find_setting(name).parse(raw)
        if name == "precedence" and sorted(str(value).split(",")) != _CHECKS:
            raise SandboxError(
                "The setting precedence takes id,customer,environment in any order, without blanks."
            )
        if name == "domain_suffixes" and not _SUFFIXES.fullmatch(str(value)):
            raise SandboxError(
                "The setting domain_suffixes takes names such as onmicrosoft.com, joined by commas."
            )
        yield name, value

"""Settings: requests."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, number, words

TABLE: Final = (
    flag("replay", True, "10.1", "Answers of writes are kept and given again to the same request id."),
    number("replay_hours", 24, "10.1", "How long they are kept.", least=1, most=24 * 365),
    flag("replay_faults", True, "10.1", "Refusals are kept too, but never a 401 or a 429."),
    words(
        "replay_key",
        ("with_body", "without_body"),
        "10.1",
        "Whether another body under the same request id is another call.",
    ),
    words("malformed_request_id", ("replace", "echo"), "1.5", "A request id that is not a GUID."),
    flag("require_contract_version", False, "10.1", "Refuse calls without MS-Contract-Version."),
    fault("fault_method_not_allowed", "405/900141", "1.5", "A known path with a verb it does not have."),
    flag("trailing_slash", True, "14", "A slash at the end of a path is ignored on every route."),
    fault("fault_malformed_body", "400/800002", "14", "A body that is not strictly a JSON object."),
)

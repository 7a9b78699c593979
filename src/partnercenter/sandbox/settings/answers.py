"""Settings: answers."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import flag, words

TABLE: Final = (
    words("error_full_stop", ("on", "off"), "11.1", "Descriptions end with a full stop."),
    flag(
        "byte_order_mark", False, "10.2", "Bodies begin with a UTF-8 byte order mark, as older answers did."
    ),
    words("timestamp_digits", ("7", "3", "0"), "14", "Fraction digits of the times in answers."),
    flag("links_with_version", False, "3.2", "Links carry /v1, as production's do since November 2021."),
)

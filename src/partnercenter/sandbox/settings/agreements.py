"""Settings: agreements."""

from __future__ import annotations

from typing import Final

from partnercenter.sandbox.settings.setting import fault, flag, words

TABLE: Final = (
    words(
        "agreements_without_type",
        ("cloud", "all"),
        "3.4",
        "What lists of agreements show without agreementType: those of the Microsoft Cloud Agreement, or all.",
    ),
    flag(
        "customers_sign_directly",
        False,
        "3.4",
        "Every customer has signed the Microsoft Customer Agreement itself.",
    ),
    words(
        "agreement_date_ahead",
        ("refuse", "accept"),
        "3.4",
        "A confirmation of what is agreed to later than now.",
    ),
    fault(
        "fault_agreement_refused",
        "400/2000",
        "3.4",
        "A confirmation with an unknown template, one of another type, or with a date ahead.",
    ),
    fault(
        "fault_agreement_query",
        "400/2000",
        "3.4",
        "Agreements asked for by a type, a language or a country that there is not.",
    ),
    fault("fault_unknown_agreement_template", "404/1000", "3.4", "The text of a template that there is not."),
)

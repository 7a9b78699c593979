"""What the text of the life cycle says of what was bought, until all is gone: lifecycle.md 12 to 19."""

from __future__ import annotations

from typing import Final

from tests.sandbox.lifecycle_facts import (
    CUSTOMER,
    ENTITLEMENTS,
    LEDGERLINE,
    LICENCES,
    ORDER,
    ORDERS,
    PENDING,
    RESERVATION,
    SERVICE,
    SOFTWARE,
    SUBSCRIPTION,
    THERE,
    Fact,
    Step,
)

ENDING: Final[tuple[Fact, ...]] = (
    Fact(
        12,
        "activated again: 400, 800041",
        (
            Step("POST", SUBSCRIPTION + "/activate", 200, shows={"status": "Success"}),
            Step("POST", SUBSCRIPTION + "/activate", 400, 800041),
        ),
        (PENDING,),
    ),
    Fact(
        12,
        "changes before the activation: 400, 800081",
        (
            Step("PATCH", SUBSCRIPTION, 400, 800081, whole={"quantity": 6}),
            Step("PATCH", SUBSCRIPTION, 400, 800081, whole={"status": "suspended"}),
            Step("POST", SUBSCRIPTION + "/activate", 200),
            Step("PATCH", SUBSCRIPTION, 200, whole={"quantity": 6}, shows={"quantity": 6}),
        ),
        (PENDING,),
    ),
    Fact(
        12,
        "activation is of the sandbox only; in production the publisher does it",
        (Step("POST", SUBSCRIPTION + "/activate", 400, 900127),),
        (PENDING,),
        environment="production",
    ),
    Fact(
        13,
        "showExpiry=true adds expiryDate, of a reservation and never of perpetual software; app is listed as well",
        (
            Step("GET", ENTITLEMENTS, 200, shows={"totalCount": 2, "items.0.expiryDate": None}, kind="app"),
            Step("GET", ENTITLEMENTS + "?showExpiry=true", 200, shows={"items.0.expiryDate": THERE}),
            Step(
                "GET",
                ENTITLEMENTS + "?showExpiry=true&entitlementType=Software",
                200,
                shows={"totalCount": 1, "items.0.expiryDate": None, "items.0.referenceOrder.lineItemId": "0"},
            ),
        ),
        ({**RESERVATION, "ageDays": 1}, SOFTWARE),
    ),
    Fact(
        14,
        "stale etag: 400, 2055",
        (
            Step("PATCH", SUBSCRIPTION, 200, whole={"quantity": 6}),
            Step(
                "PATCH", SUBSCRIPTION, 400, 2055, whole={"quantity": 7}, headers={"If-Match": '"{version}"'}
            ),
        ),
        (SERVICE,),
    ),
    Fact(
        14,
        "202 with Location when it takes long",
        (
            Step("PATCH", SUBSCRIPTION, 202, whole={"quantity": 6}),
            Step("GET", SUBSCRIPTION, 200, shows={"quantity": 5}),
            Step("GET", SUBSCRIPTION, 200, shows={"quantity": 6}, advance="PT30S"),
        ),
        ({**SERVICE, "ageDays": 1},),
        settings={"profile": "real"},
    ),
    Fact(
        14,
        "suspended, and reactivated",
        (
            Step("PATCH", SUBSCRIPTION, 200, whole={"status": "suspended"}, shows={"status": "suspended"}),
            Step("PATCH", SUBSCRIPTION, 200, whole={"status": "active"}, shows={"status": "active"}),
            Step("GET", SUBSCRIPTION, 200, shows={"status": "active", "suspensionReasons": None}),
        ),
        (SERVICE,),
    ),
    Fact(
        15,
        "past the window: 400, 900117",
        (Step("PATCH", SUBSCRIPTION, 400, 900117, whole={"status": "deleted"}),),
        ({**SERVICE, "ageDays": 9},),
    ),
    Fact(
        15,
        "new-commerce seats inside the window, and past it",
        (
            Step("PATCH", SUBSCRIPTION, 400, 900117, whole={"status": "deleted"}, advance="P9D"),
            Step("PATCH", SUBSCRIPTION, 200, whole={"status": "suspended"}),
        ),
        (LICENCES,),
    ),
    Fact(
        15,
        "a seat-based SaaS cannot be cancelled by its order: 403, 800077",
        (Step("PATCH", ORDER, 403, 800077, body={"id": "{order}", "status": "cancelled"}),),
        (SERVICE,),
    ),
    Fact(
        15,
        "any change of a deleted one: 400, 2011",
        (
            Step("PATCH", SUBSCRIPTION, 200, whole={"status": "deleted"}),
            Step("PATCH", SUBSCRIPTION, 400, 2011, whole={"status": "active"}),
            Step("PATCH", SUBSCRIPTION, 400, 2011, whole={"friendlyName": "Ours"}),
            Step("PATCH", SUBSCRIPTION, 400, 2011, whole={}),
        ),
        (SERVICE,),
    ),
    Fact(
        16,
        "the C# text sends Cancelled; cancelled again: 400, 800061",
        (
            Step("PATCH", ORDER, 200, whole={"status": "Cancelled"}, shows={"status": "cancelled"}),
            Step("PATCH", ORDER, 400, 800061, body={"id": "{order}", "status": "cancelled"}),
        ),
        (SOFTWARE,),
    ),
    Fact(
        16,
        "in production software only: 403, 800019",
        (Step("PATCH", ORDER, 403, 800019, body={"id": "{order}", "status": "cancelled"}),),
        (RESERVATION,),
        environment="production",
    ),
    Fact(
        16,
        "suspend instead: 400, 800063",
        (Step("PATCH", ORDER, 400, 800063, body={"id": "{order}", "status": "cancelled"}),),
        (LICENCES,),
    ),
    Fact(
        16,
        "a cancelled line has quantity 0; the order is cancelled when all lines are",
        (
            Step(
                "PATCH",
                ORDER,
                200,
                body={"status": "cancelled", "lineItems": [{"lineItemNumber": 0, "offerId": LEDGERLINE}]},
                shows={"lineItems.0.quantity": 0, "status": "cancelled"},
            ),
        ),
        (SOFTWARE,),
        environment="production",
    ),
    Fact(
        16,
        "the cancel may take time: poll the order until its status is cancelled",
        (
            Step(
                "PATCH",
                ORDER,
                200,
                body={"id": "{order}", "status": "cancelled"},
                shows={"status": "pending"},
            ),
            Step("GET", ORDER, 200, shows={"status": "pending"}),
            Step("GET", ORDER, 200, shows={"status": "cancelled"}, advance="PT30S"),
        ),
        ({**SOFTWARE, "ageDays": 1},),
        settings={"profile": "real"},
    ),
    Fact(
        17,
        "a live reserved-instance or software order: the delete fails",
        (
            Step("DELETE", CUSTOMER, 400, 3000),
            Step("PATCH", CUSTOMER, 400, 3000, body={"relationshipToPartner": "none"}),
            Step("PATCH", ORDER, 200, body={"id": "{order}", "status": "cancelled"}),
            Step("DELETE", CUSTOMER, 204, kind="app"),
        ),
        (RESERVATION,),
    ),
    Fact(
        17,
        "a production account is refused",
        (Step("DELETE", CUSTOMER, 400, 900127), Step("GET", CUSTOMER, 200)),
        environment="production",
    ),
    Fact(
        17,
        "second DELETE, or GET after it: 404",
        (
            Step("DELETE", CUSTOMER, 204),
            Step("DELETE", CUSTOMER, 404, 60003),
            Step("GET", CUSTOMER, 404, 60003),
            Step("GET", ORDERS, 404, 60003),
        ),
    ),
    Fact(
        18,
        "dates yyyy-mm-dd, or as the .NET SDK sends them; older than 90 days: 400",
        (
            Step("GET", "/v1/auditrecords?startDate={today}&endDate={today}", 200, shows={"totalCount": 1}),
            Step("GET", "/v1/auditrecords?startDate={us_today}%2000:00:00", 200, shows={"totalCount": 1}),
            Step("GET", "/v1/auditrecords?startDate=2023-03-14", 400, 2000),
        ),
    ),
    Fact(
        18,
        "no dates: the last 30 days",
        (Step("GET", "/v1/auditrecords", 200, shows={"totalCount": 0}, advance="P31D"),),
    ),
    Fact(
        19,
        "code is a JSON number, source is always there",
        (
            Step(
                "GET",
                ORDERS + "/unknown",
                404,
                20000,
                shows={"source": "PartnerFD", "data": [], "code": 20000},
            ),
        ),
    ),
)

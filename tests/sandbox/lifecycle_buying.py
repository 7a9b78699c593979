"""What the text of the life cycle says until something is bought: lifecycle.md 1 to 11, and the rules for all."""

from __future__ import annotations

from typing import Final

from tests.sandbox.lifecycle_facts import (
    AGREEMENTS,
    BAD_ADDRESS,
    BASIC,
    CARTS,
    FOR_THE_PLAN,
    LEDGERLINE,
    LICENCES,
    ORDER,
    ORDERS,
    PLAN,
    REGISTERED,
    RESERVATION,
    RESERVED,
    SAME_ID,
    SERVICE,
    SOFTWARE,
    SUBSCRIPTIONS,
    THERE,
    Fact,
    Step,
    a_cart,
    a_confirmation,
    an_order,
)

BUYING: Final[tuple[Fact, ...]] = (
    Fact(
        0,
        "bodies with upper or lower first letters are the same; paths and query names too",
        (
            Step(
                "POST",
                "/V1/CUSTOMERS/{customer}/Orders",
                201,
                body={
                    "BillingCycle": "one_time",
                    "LineItems": [{"LineItemNumber": 0, "OfferId": LEDGERLINE, "Quantity": 2}],
                },
                shows={"lineItems.0.quantity": 2},
            ),
            Step("GET", ORDERS + "?BillingType=OneTime&INCLUDE_PRICE=TRUE", 200, shows={"totalCount": 1}),
        ),
    ),
    Fact(
        0,
        "a POST repeated with the same MS-RequestId does not act twice",
        (
            Step("POST", ORDERS, 201, body=an_order(LEDGERLINE), headers=SAME_ID),
            Step("POST", ORDERS, 201, body=an_order(LEDGERLINE), headers=SAME_ID),
            Step("GET", ORDERS, 200, shows={"totalCount": 1}),
        ),
    ),
    Fact(
        0,
        "a PATCH repeated with the same MS-RequestId does not act twice",
        (
            Step("PATCH", ORDER, 200, body={"id": "{order}", "status": "cancelled"}, headers=SAME_ID),
            Step("PATCH", ORDER, 200, body={"id": "{order}", "status": "cancelled"}, headers=SAME_ID),
        ),
        (SOFTWARE,),
    ),
    Fact(
        0,
        "an app-only token on a call that needs a user: 403, code 900329",
        (
            Step("GET", AGREEMENTS, 403, 900329, kind="app"),
            Step("GET", "/v1/agreements", 403, 900329, kind="app"),
        ),
    ),
    Fact(
        0,
        "5 subscriptions for each customer",
        (Step("POST", ORDERS, 403, 800066, body=an_order(BASIC, 1, "monthly", termDuration="P1M")),),
        (LICENCES,) * 5,
    ),
    Fact(
        0,
        "25 seats for each subscription",
        (
            Step("POST", ORDERS, 201, body=an_order(BASIC, 25, "monthly", termDuration="P1M")),
            Step("POST", ORDERS, 403, 800067, body=an_order(BASIC, 26, "monthly", termDuration="P1M")),
        ),
    ),
    Fact(
        0,
        "2 reserved instances for each customer",
        (
            Step("POST", ORDERS, 201, body=an_order(RESERVED, 2, **FOR_THE_PLAN)),
            Step("POST", ORDERS, 400, 800018, body=an_order(RESERVED, 1, **FOR_THE_PLAN)),
        ),
        (REGISTERED,),
    ),
    Fact(
        0,
        "one Azure plan for each customer of a direct partner",
        (Step("POST", ORDERS, 400, 900116, body=an_order(PLAN, 1, "monthly")),),
        ({"product": "azure_plan"},),
    ),
    Fact(
        1,
        "free is 404, taken is 200",
        (
            Step("HEAD", "/v1/domains/free-for-everybody.onmicrosoft.com", 404),
            Step("HEAD", "/v1/domains/{domain}", 200),
            Step("HEAD", "/v1/domains/{domain}", 200, kind="app"),
        ),
    ),
    Fact(
        2,
        "a customer made with an address that is not valid cannot be deleted",
        (
            Step("POST", "/v1/customers", 201, body=BAD_ADDRESS),
            Step("DELETE", "/v1/customers/{made}", 400, 2007),
            Step("PATCH", "/v1/customers/{made}", 400, 2007, body={"relationshipToPartner": "none"}),
            Step("GET", "/v1/customers/{made}", 200, shows={"relationshipToPartner": "reseller"}),
        ),
        settings={"invalid_address": "undeletable"},
    ),
    Fact(
        4,
        "size=0 with a filter asks for everything that matches",
        (
            Step(
                "GET",
                '/v1/customers?size=0&filter={{"Field":"CompanyName","Value":"kestrel","Operator":"starts_with"}}',
                200,
                shows={"totalCount": 1, "items.0.companyProfile.companyName": "Kestrel"},
            ),
            Step(
                "GET",
                '/v1/customers?size=0&filter={{"Field":"CompanyName","Value":"wren","Operator":"starts_with"}}',
                200,
                shows={"totalCount": 0},
            ),
        ),
    ),
    Fact(
        5,
        "without agreementType only the Microsoft Cloud Agreement, `*` asks for all",
        (
            Step("GET", "/v1/agreements", 200, shows={"items.0.agreementType": "MicrosoftCloudAgreement"}),
            Step("GET", "/v1/agreements?agreementType=*", 200),
        ),
    ),
    Fact(
        6,
        "the same contact again: 400, code 600061",
        (
            Step("POST", AGREEMENTS, 201, body=a_confirmation()),
            Step("POST", AGREEMENTS, 400, 600061, body=a_confirmation()),
        ),
        agreement=False,
    ),
    Fact(
        6,
        "without a confirmed agreement an order is refused: 403, code 13605",
        (
            Step("POST", ORDERS, 403, 13605, body=an_order(LEDGERLINE)),
            Step("POST", CARTS, 201, body=a_cart(LEDGERLINE)),
            Step("POST", CARTS + "/{cart}/checkout", 403, 13605),
            Step("POST", AGREEMENTS, 201, body=a_confirmation()),
            Step("POST", CARTS + "/{cart}/checkout", 201),
            Step("POST", ORDERS, 201, body=an_order(LEDGERLINE)),
        ),
        agreement=False,
    ),
    Fact(
        7,
        "by country or by customer; targetView is required on the product list",
        (
            Step("GET", "/v1/customers/{customer}/products?targetView=Software", 200),
            Step("GET", "/v1/products?country=US", 400, 2000),
            Step("GET", "/v1/products?targetView=Software", 400, 2000),
        ),
    ),
    Fact(
        7,
        "wrong view: 403, 400036; wrong segment: 403, 400030; unknown product: 404, 400013; SKU: 404, 400018",
        (
            Step("GET", "/v1/products?country=US&targetView=Hardware", 403, 400036),
            Step("GET", "/v1/products?country=US&targetView=Software&targetSegment=private", 403, 400030),
            Step("GET", "/v1/products/DZH318ZXXXXX?country=US", 404, 400013),
            Step("GET", "/v1/products/DZH318Z9KQ01/skus/9999?country=US", 404, 400018),
        ),
    ),
    Fact(
        8,
        "unknown cart: 404, 800008",
        (
            Step("GET", CARTS + "/f06a3d91-7c2e-48b5-9d13-6b5e0c4a82f7", 404, 800008),
            Step("POST", CARTS + "/f06a3d91-7c2e-48b5-9d13-6b5e0c4a82f7/checkout", 404, 800008),
        ),
    ),
    Fact(
        8,
        "a line that cannot be bought comes back with an error",
        (
            Step(
                "POST",
                CARTS,
                201,
                body=a_cart("DZH318ZXXXXX:0002:DZH318ZYYYYY"),
                shows={"lineItems.0.error.errorCode": "catalog_item_id_is_not_valid"},
            ),
            Step("POST", CARTS + "/{cart}/checkout", 400, 800009),
        ),
    ),
    Fact(
        9,
        'the .NET SDK sends the JSON string "success", and no body is right too',
        (
            Step("POST", CARTS, 201, body=a_cart(LEDGERLINE)),
            Step(
                "POST", CARTS + "/{cart}/checkout", 201, body="success", shows={"orders.0.status": "pending"}
            ),
        ),
    ),
    Fact(
        9,
        "the second checkout of a cart is the first answer again",
        (
            Step("POST", CARTS, 201, body=a_cart(LEDGERLINE)),
            Step("POST", CARTS + "/{cart}/checkout", 201),
            Step("POST", CARTS + "/{cart}/checkout", 201, shows={"orders.0.status": "pending"}),
            Step("GET", ORDERS, 200, shows={"totalCount": 1}),
        ),
    ),
    Fact(
        9,
        "or the second checkout of a cart is 400, 800065",
        (
            Step("POST", CARTS, 201, body=a_cart(LEDGERLINE)),
            Step("POST", CARTS + "/{cart}/checkout", 201),
            Step("POST", CARTS + "/{cart}/checkout", 400, 800065),
            Step("GET", ORDERS, 200, shows={"totalCount": 1}),
        ),
        settings={"second_checkout": "refuse"},
    ),
    Fact(
        9,
        "catalogue orders start pending, old offers completed",
        (
            Step("POST", ORDERS, 201, body=an_order(LEDGERLINE), shows={"status": "pending"}),
            Step(
                "POST",
                ORDERS,
                201,
                body=an_order("031C9E47-4802-4248-838E-778FB1D2CC05", 1, "monthly"),
                shows={"status": "completed"},
            ),
        ),
    ),
    Fact(
        10,
        "up to 15 minutes until an order is in the list",
        (
            Step("POST", ORDERS, 201, body=an_order(LEDGERLINE)),
            Step("GET", ORDERS, 200, shows={"totalCount": 0}),
            Step("GET", ORDERS, 200, shows={"totalCount": 1}, advance="PT15M"),
        ),
        settings={"profile": "real"},
    ),
    Fact(
        10,
        "include_price=true adds totalPrice and pricing; unknown: 404, 20000",
        (
            Step(
                "GET",
                ORDER + "?include_price=true",
                200,
                shows={"totalPrice": THERE, "lineItems.0.pricing": THERE},
            ),
            Step("GET", ORDER, 200, shows={"totalPrice": None, "lineItems.0.pricing": None}),
            Step("GET", ORDERS + "/unknown0000000000000000000000001", 404, 20000),
        ),
        (SOFTWARE,),
    ),
    Fact(
        11,
        "perpetual software and reservations have no subscription",
        (Step("GET", SUBSCRIPTIONS, 200, shows={"totalCount": 0}),),
        (SOFTWARE, RESERVATION),
    ),
    Fact(
        11,
        "list by order: ?order_id=; by partner: ?mpn_id=",
        (
            Step("GET", SUBSCRIPTIONS + "?order_id={order}", 200, shows={"totalCount": 1}),
            Step("GET", SUBSCRIPTIONS + "?order_id=another", 200, shows={"totalCount": 0}),
            Step("GET", SUBSCRIPTIONS + "?mpn_id=123456", 200, shows={"totalCount": 0}),
        ),
        (SERVICE,),
    ),
)

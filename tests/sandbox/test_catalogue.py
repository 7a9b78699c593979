"""Products, SKUs, availabilities and inventory over HTTP; lifecycle.md 7, resources.md."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from tests.conftest import ADDRESS, Sandbox
from tests.sandbox.conftest import OF_OTHER, OF_PRODUCTION, OWN, Fault, fault_of

from partnercenter.contract.enums import TargetView
from partnercenter.sandbox.rules.catalogue import products

LEDGERLINE = "/products/DZH318Z9KQ01"
PREMIUM = "/products/CFQ7TTC0LCHC"
EDUCATION = "/products/CFQ7TTC0LHS5"
INVENTORY = "/v1/extensions/product/checkInventory?country=US"
FOREIGN = "11111111-0000-4000-8000-00000000000b"


def link(uri: str) -> dict[str, Any]:
    """A link as answers hold it."""
    return {"uri": uri, "method": "GET", "headers": []}


def collection(uri: str, *items: Any) -> dict[str, Any]:
    """A list that comes whole."""
    return {
        "totalCount": len(items),
        "items": list(items),
        "links": {"self": link(uri)},
        "attributes": {"objectType": "Collection"},
    }


# The examples of lifecycle.md 7, as they stand there.
PRODUCT = {
    "id": "DZH318Z9KQ01",
    "title": "Ledgerline 2022",
    "description": "Perpetual ledger software",
    "productType": {
        "id": "Software",
        "displayName": "Software",
        "subType": {"id": "Perpetual", "displayName": "Perpetual"},
    },
    "isMicrosoftProduct": True,
    "publisherName": "Microsoft Corporation",
    "links": {"skus": link(f"{LEDGERLINE}/skus?country=US"), "self": link(f"{LEDGERLINE}?country=US")},
}
SKU = {
    "id": "0002",
    "productId": "DZH318Z9KQ01",
    "title": "Ledgerline 2022 - 1 device",
    "description": "One device",
    "minimumQuantity": 1,
    "maximumQuantity": 1000,
    "isTrial": False,
    "supportedBillingCycles": ["one_time"],
    "purchasePrerequisites": ["MicrosoftCustomerAgreement"],
    "inventoryVariables": [],
    "provisioningVariables": [],
    "dynamicAttributes": {"isMicrosoftProduct": True},
    "links": {
        "availabilities": link(f"{LEDGERLINE}/skus/0002/availabilities?country=US"),
        "self": link(f"{LEDGERLINE}/skus/0002?country=US"),
    },
}
AVAILABILITY = {
    "id": "DZH318Z9WX42",
    "productId": "DZH318Z9KQ01",
    "skuId": "0002",
    "catalogItemId": "DZH318Z9KQ01:0002:DZH318Z9WX42",
    "defaultCurrency": {"code": "USD", "symbol": "$"},
    "segment": "commercial",
    "country": "US",
    "isPurchasable": True,
    "isRenewable": False,
    "terms": [{"id": "3f2a", "duration": "P3Y", "description": "3 years", "billingCycle": "one_time"}],
    "links": {"self": link(f"{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX42?country=US")},
}


def get(sandbox: Sandbox, path: str) -> Any:
    """The body of a success."""
    answer = sandbox.call("GET", f"/v1{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(sandbox: Sandbox, path: str) -> list[str]:
    """The ids in a list."""
    return [item["id"] for item in get(sandbox, path)["items"]]


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        (PRODUCT, f"{LEDGERLINE}?country=US"),
        (
            collection(f"{LEDGERLINE}/skus?country=US", SKU),
            f"{LEDGERLINE}/skus?country=US",
        ),
        (SKU, f"{LEDGERLINE}/skus/0002?country=US"),
        (
            collection(
                f"{LEDGERLINE}/skus/0002/availabilities?country=US&targetSegment=commercial", AVAILABILITY
            ),
            f"{LEDGERLINE}/skus/0002/availabilities?country=US&targetSegment=commercial",
        ),
        (AVAILABILITY, f"{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX42?country=US"),
    ],
    ids=["product", "skus", "sku", "availabilities", "availability"],
)
def test_the_documented_examples_are_answered(sandbox: Sandbox, expected: Any, path: str) -> None:
    """Product, SKU and availability of the documented examples are answered word for word (lifecycle.md 7)."""
    assert expected == get(sandbox, path)


def test_the_documented_list_is_answered(sandbox: Sandbox) -> None:
    """The list of software holds the documented product, with the documented link to itself (lifecycle.md 7)."""
    uri = "/products?country=US&targetView=Software&targetSegment=commercial"
    answer = get(sandbox, uri)
    assert PRODUCT in answer["items"]
    assert collection(uri, *answer["items"]) == answer


def test_members_come_in_the_documented_order(sandbox: Sandbox) -> None:
    """Members stand in the order of the documented examples."""
    for expected, path in (
        (PRODUCT, f"{LEDGERLINE}?country=US"),
        (SKU, f"{LEDGERLINE}/skus/0002?country=US"),
        (AVAILABILITY, f"{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX42?country=US"),
    ):
        assert list(expected) == list(get(sandbox, path))


@pytest.mark.parametrize("view", [view.value for view in TargetView])
def test_a_view_shows_its_products(sandbox: Sandbox, view: str) -> None:
    """Each target view shows the products that the data name for it, written in any case."""
    expected = [product.id for product in products() if view in product.views]
    assert expected == ids(sandbox, f"/products?country=US&targetView={view}")
    assert expected == ids(sandbox, f"/products?COUNTRY=us&targetview={view.upper()}")


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        (["0001", "0002"], f"{PREMIUM}/skus?country=US&targetSegment=commercial"),
        ([], f"{PREMIUM}/skus?country=US&targetSegment=education"),
        (["0001"], f"{EDUCATION}/skus?country=US"),
        (["0001"], f"{EDUCATION}/skus?country=US&targetSegment=Education"),
        (["0001"], f"{EDUCATION}/skus?country=US&targetSegment="),
        ([], f"{EDUCATION}/skus?country=US&targetSegment=commercial"),
        (["CFQ7TTC0K6A3"], f"{EDUCATION}/skus/0001/availabilities?country=US&targetSegment=education"),
        ([], f"{EDUCATION}/skus/0001/availabilities?country=US&targetSegment=commercial"),
        (["CFQ7TTC0LHS5"], "/products?country=US&targetView=OnlineServices&targetSegment=education"),
    ],
)
def test_a_segment_narrows_a_list(sandbox: Sandbox, expected: list[str], path: str) -> None:
    """With a target segment lists hold what is sold in it, without one everything."""
    assert expected == ids(sandbox, path)


@pytest.mark.parametrize(
    ("expected", "path"),
    [
        (Fault(403, 400036), "/products?country=US&targetView=Everything"),
        (Fault(403, 400030), "/products?country=US&targetView=Software&targetSegment=nonprofit"),
        (Fault(403, 400030), f"{LEDGERLINE}/skus?country=US&targetSegment=government"),
        (Fault(403, 400030), f"{LEDGERLINE}/skus/0002/availabilities?country=US&targetSegment=x"),
        (Fault(404, 400013), "/products/DZH318Z9KQ02?country=US"),
        (Fault(404, 400013), "/products/DZH318Z9KQ02/skus?country=US"),
        (Fault(404, 400013), f"/products/{quote('é/ ', safe='')}/skus/0002/availabilities?country=US"),
        (Fault(404, 400018), f"{LEDGERLINE}/skus/0001?country=US"),
        (Fault(404, 400018), f"{LEDGERLINE}/skus/0001/availabilities?country=US"),
        (Fault(404, 400018), f"{LEDGERLINE}/skus/0001/availabilities/DZH318Z9WX42?country=US"),
        (Fault(404, 400019), f"{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX43?country=US"),
        (Fault(400, 2000), "/products?targetView=Software"),
        (Fault(400, 2000), "/products?country=US"),
        (Fault(400, 2000), "/products?country=US&targetView="),
        (Fault(400, 2000), "/products?country=QQ&targetView=Software"),
        (Fault(400, 2000), "/products?country=USA&targetView=Software"),
        (Fault(400, 2000), "/products?country=&targetView=Software"),
        (Fault(400, 2000), LEDGERLINE),
        (Fault(400, 2000), f"{LEDGERLINE}/skus"),
        (Fault(400, 2000), f"{LEDGERLINE}/skus/0002?country=U"),
        (Fault(400, 2000), f"{LEDGERLINE}?country=US&reservationScope=Elsewhere"),
    ],
)
def test_what_does_not_exist_is_refused(sandbox: Sandbox, expected: Fault, path: str) -> None:
    """Unknown products, SKUs, availabilities, views and segments have documented codes, a bad query an assumed."""
    answer = sandbox.call("GET", f"/v1{path}")
    assert expected == fault_of(answer)
    assert answer.json()["description"].endswith(".")


def test_a_production_account_has_four_segments(world: Sandbox) -> None:
    """The segments government and nonprofit are refused in a sandbox only (behaviour.md 8)."""
    token = world.mint(**OF_PRODUCTION)
    for segment in ("government", "nonprofit"):
        path = f"/v1/products?country=US&targetView=Software&targetSegment={segment}"
        assert [] == world.call("GET", path, token=token).json()["items"]
        assert Fault(403, 400030) == fault_of(world.call("GET", path))


def test_ids_are_found_in_any_case(sandbox: Sandbox) -> None:
    """Ids match without case; the answer has the catalogue's own spelling."""
    path = f"{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX42".lower()
    assert AVAILABILITY == get(sandbox, f"{path}?country=us")


@pytest.mark.parametrize(
    ("country", "code", "symbol"), [("DE", "EUR", "€"), ("gb", "GBP", "£"), ("MX", "USD", "$")]
)
def test_an_availability_is_priced_in_the_countrys_currency(
    sandbox: Sandbox, country: str, code: str, symbol: str
) -> None:
    """Country, currency and links of an availability are those of the country that was asked for."""
    path = f"{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX42"
    answer = get(sandbox, f"{path}?country={country}")
    assert (country.upper(), {"code": code, "symbol": symbol}) == (
        answer["country"],
        answer["defaultCurrency"],
    )
    assert link(f"{path}?country={country.upper()}") == answer["links"]["self"]


def test_a_customer_sees_the_catalogue_of_its_country(sandbox: Sandbox) -> None:
    """By customer there is no country in query or links: the billing address has it (lifecycle.md 7)."""
    address = {
        **ADDRESS,
        "country": "DE",
        "state": "",
        "city": "Köln",
        "postalCode": "50667",
        "phoneNumber": "",
    }
    made = sandbox.create_customer(defaultAddress=address, culture="de-DE", language="de")["id"]
    below = f"/customers/{made}"
    listed = get(sandbox, f"{below}/products?targetView=SoftwarePerpetual&targetSegment=commercial")
    links = {"skus": link(f"{below}{LEDGERLINE}/skus"), "self": link(f"{below}{LEDGERLINE}")}
    expected = {**PRODUCT, "links": links}
    assert expected in listed["items"]
    assert (
        f"{below}/products?targetView=SoftwarePerpetual&targetSegment=commercial"
        == (listed["links"]["self"]["uri"])
    )
    assert expected == get(sandbox, f"{below}{LEDGERLINE}")
    sku = get(sandbox, f"{below}{LEDGERLINE}/skus")["items"][0]
    assert sku == get(sandbox, f"{below}{LEDGERLINE}/skus/0002")
    assert f"{below}{LEDGERLINE}/skus/0002/availabilities" == sku["links"]["availabilities"]["uri"]
    (availability,) = get(sandbox, f"{below}{LEDGERLINE}/skus/0002/availabilities")["items"]
    path = f"{below}{LEDGERLINE}/skus/0002/availabilities/DZH318Z9WX42"
    assert availability == get(sandbox, path)
    assert {
        **AVAILABILITY,
        "country": "DE",
        "defaultCurrency": {"code": "EUR", "symbol": "€"},
        "links": {"self": link(path)},
    } == availability


def test_links_lead_to_what_they_name(sandbox: Sandbox) -> None:
    """From the list of products every link leads on to the SKUs and availabilities, whose own links lead back."""
    for product in get(sandbox, "/products?country=SE&targetView=Azure")["items"]:
        assert product == get(sandbox, product["links"]["self"]["uri"])
        for sku in get(sandbox, product["links"]["skus"]["uri"])["items"]:
            assert sku == get(sandbox, sku["links"]["self"]["uri"])
            for availability in get(sandbox, sku["links"]["availabilities"]["uri"])["items"]:
                assert availability == get(sandbox, availability["links"]["self"]["uri"])


def test_another_partners_customer_has_no_catalogue(world: Sandbox) -> None:
    """The catalogue by customer is for the customer's own partner only."""
    for path in ("products?targetView=Software", LEDGERLINE.lstrip("/"), "offers", "offercategories"):
        own = world.call("GET", f"/v1/customers/{OWN}/{path}", token=world.mint(**OF_OTHER))
        foreign = world.call("GET", f"/v1/customers/{FOREIGN}/{path}")
        assert [Fault(403, 20002)] * 2 == [fault_of(own), fault_of(foreign)]


def test_a_licence_renews_and_can_be_given_back(sandbox: Sandbox) -> None:
    """New commerce renews to itself for any of its terms, and is paid back whole for 7 days (behaviour.md 5.3)."""
    path = "/products/CFQ7TTC0LH18/skus/0001/availabilities/CFQ7TTC0K971?country=US"
    answer = get(sandbox, path)
    assert answer["isRenewable"] is True
    assert [
        {
            "applicableTermIds": [term["id"] for term in answer["terms"]],
            "renewalOptions": [{"renewToId": "CFQ7TTC0LH18:0001", "isAutoRenewable": True}],
        }
    ] == answer["renewalInstructions"]
    assert {("P1M", "monthly"), ("P1Y", "monthly"), ("P1Y", "annual"), ("P3Y", "triennial")} <= {
        (term["duration"], term["billingCycle"]) for term in answer["terms"]
    }
    for term in answer["terms"]:
        assert ["P1M", "P1Y", "P3Y"] == [option["termDuration"] for option in term["renewalOptions"]]
        full = {"sequenceId": 0, "type": "Full", "expiresAfter": "P7D"}
        assert [{"refundOptions": [full]}] == term["cancellationPolicies"]
    sandbox.set(new_commerce_window_days=30)
    first = get(sandbox, path)["terms"][0]["cancellationPolicies"][0]["refundOptions"][0]
    assert "P30D" == first["expiresAfter"]


def test_a_trial_renews_to_what_it_becomes(sandbox: Sandbox) -> None:
    """A trial costs nothing for a month and renews to the paid SKU."""
    sku = get(sandbox, f"{PREMIUM}/skus/0002?country=US")
    assert (True, 25) == (sku["isTrial"], sku["maximumQuantity"])
    (availability,) = get(sandbox, f"{PREMIUM}/skus/0002/availabilities?country=US")["items"]
    options = availability["renewalInstructions"][0]["renewalOptions"]
    assert ["CFQ7TTC0LCHC:0001"] == [option["renewToId"] for option in options]
    assert "renewalOptions" not in availability["terms"][0]


def test_a_reservation_says_what_it_needs(sandbox: Sandbox) -> None:
    """A reservation's SKU names its type, size and region, and what an inventory check and a purchase must say."""
    sku = get(sandbox, "/products/DZH318Z0BQ3W/skus/007J?country=US&reservationScope=AzurePlan")
    assert ["InventoryCheck", "AzureSubscriptionRegistration", "MicrosoftCustomerAgreement"] == (
        sku["purchasePrerequisites"]
    )
    assert ["CustomerId", "AzureSubscriptionId", "ArmRegionName"] == sku["inventoryVariables"]
    assert ["Scope", "SubscriptionId", "Duration"] == sku["provisioningVariables"]
    assert {
        "isMicrosoftProduct": True,
        "reservationType": "virtualmachines",
        "skuType": "Standard_B1s",
        "armRegionName": "eastus",
        "duration": "1Year",
    } == sku["dynamicAttributes"]


def test_an_attested_sku_says_so(sandbox: Sandbox) -> None:
    """Only a SKU that needs the customer's attestation has attestation properties."""
    with_it = {
        sku["id"]: sku["attestationProperties"]
        for product in products()
        for sku in get(sandbox, f"/products/{product.id}/skus?country=US")["items"]
        if "attestationProperties" in sku
    }
    assert {"0009": {"enforceAttestation": True, "attestationType": "WindowsHybridBenefit"}} == with_it


def test_reservations_can_be_for_an_azure_plan_only(sandbox: Sandbox) -> None:
    """With `reservations_need_scope` reservations show for reservationScope=AzurePlan only, other products always."""
    sandbox.set(reservations_need_scope=True)
    plain = ids(sandbox, "/products?country=US&targetView=Azure")
    scoped = ids(sandbox, "/products?country=US&targetView=Azure&reservationScope=azureplan")
    assert {"DZH318Z0BQ3W", "DZH318Z08M7H"} == set(scoped) - set(plain)
    assert set(plain) < set(scoped)
    product = "/v1/products/DZH318Z0BQ3W"
    assert Fault(404, 400013) == fault_of(sandbox.call("GET", f"{product}?country=US"))
    get(sandbox, "/products/DZH318Z0BQ3W/skus/007J/availabilities/DZH318Z0F2Q1?country=US")


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [
        ([("DZH318Z0BQ3W", "007J", False)], {"productId": "DZH318Z0BQ3W", "skuId": "007J"}),
        ([("DZH318Z0BQ3W", "00HX", True)], {"productId": "dzh318z0bq3w", "skuId": "00hx"}),
        ([("CFQ7TTC0LCHC", "0001", False), ("CFQ7TTC0LCHC", "0002", False)], {"ProductId": "CFQ7TTC0LCHC"}),
        ([], {"productId": "DZH318Z0BQ3W", "skuId": "ZZZZ"}),
        ([], {"productId": "nothing"}),
    ],
)
def test_inventory_is_a_bare_list(sandbox: Sandbox, expected: list[Any], wanted: dict[str, str]) -> None:
    """An inventory check answers with a list of SKUs, without what does not exist, and names what is restricted."""
    body = {"targetItems": [wanted], "inventoryContext": {"customerId": OWN}}
    answer = sandbox.call("POST", INVENTORY, body)
    assert 200 == answer.status_code
    found = answer.json()
    assert expected == [(item["productId"], item["skuId"], item["isRestricted"]) for item in found]
    for item in found:
        assert item["isRestricted"] is ("restrictions" in item)
        assert all(reason["reasonCode"] and reason["description"] for reason in item.get("restrictions", []))


def test_inventory_asks_for_several_at_once(sandbox: Sandbox) -> None:
    """Each target item is answered in turn; none at all is an empty list."""
    wanted = [{"productId": "DZH318Z9KQ01"}, {"productId": "x"}, {"productId": "DZH318Z0BPS6"}]
    answer = sandbox.call("POST", INVENTORY.replace("I", "i"), {"TargetItems": wanted})
    assert ["DZH318Z9KQ01", "DZH318Z0BPS6"] == [item["productId"] for item in answer.json()]
    assert [] == sandbox.call("POST", INVENTORY, {"targetItems": []}).json()


def test_production_restricts_nothing(world: Sandbox) -> None:
    """What a sandbox does not sell is not restricted in a production account."""
    body = {"targetItems": [{"productId": "DZH318Z0BQ3W", "skuId": "00HX"}]}
    answer = world.call("POST", INVENTORY, body, token=world.mint(**OF_PRODUCTION))
    assert [{"productId": "DZH318Z0BQ3W", "skuId": "00HX", "isRestricted": False}] == answer.json()


@pytest.mark.parametrize(
    ("expected", "body"),
    [
        (Fault(400, 3000), {}),
        (Fault(400, 3000), {"targetItems": "all"}),
        (Fault(400, 3000), {"targetItems": [7]}),
        (Fault(400, 3000), {"targetItems": [{"skuId": "0001"}]}),
        (Fault(400, 3000), {"targetItems": [{"productId": " "}]}),
        (Fault(400, 3000), {"targetItems": [{"productId": 7}]}),
        (Fault(400, 3000), {"targetItems": [], "inventoryContext": []}),
        (Fault(400, 800002), []),
    ],
)
def test_a_bad_inventory_check_is_refused(sandbox: Sandbox, expected: Fault, body: Any) -> None:
    """A check without items, or with some of another shape, is refused in a sentence."""
    answer = sandbox.call("POST", INVENTORY, body)
    assert expected == fault_of(answer)
    assert answer.json()["description"].endswith(".")


def test_an_inventory_check_needs_a_country(sandbox: Sandbox) -> None:
    """Without a country, or with one that does not exist, there is no check."""
    for query in ("", "?country=QQ"):
        path = f"/v1/extensions/product/checkInventory{query}"
        assert Fault(400, 2000) == fault_of(sandbox.call("POST", path, {"targetItems": []}))

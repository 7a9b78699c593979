"""The life of a customer's users: created, changed, deleted, brought back, gone; behaviour.md 3.6 and 9.3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sandbox.conftest import NOBODYS, OWN
from tests.sandbox.people import (
    ADMINISTRATOR,
    DELETED,
    DOMAIN,
    PASSWORD,
    USERS,
    LocalPeople,
    People,
    new_user,
)

REQUEST_ID = "12020202-5a10-4c3e-9f00-abc000003dde"
INCOMPLETE = (400, 3000)
NOT_THERE = (404, 60002)
TAKEN = (409, 3000)
MALFORMED = (400, 800002)


# Creating


def test_a_new_user_is_answered_without_its_password(people: People) -> None:
    """201 with exactly the documented members; the usage location in upper case."""
    status, made = people.ask("POST", USERS, new_user(usageLocation="us", phoneNumber="5415550132"))
    uri = f"/customers/{OWN}/users/{made['id']}"
    expected = {
        "id": made["id"],
        "usageLocation": "US",
        "userPrincipalName": f"ada@{DOMAIN}",
        "firstName": "Ada",
        "lastName": "Stone",
        "displayName": "Ada Stone",
        "phoneNumber": "5415550132",
        "userDomainType": "managed",
        "state": "active",
        "links": {"self": {"uri": uri, "method": "GET", "headers": []}},
        "attributes": {"objectType": "CustomerUser"},
    }
    assert (201, expected) == (status, made)
    assert (200, expected) == people.ask("GET", f"/v1{uri}")


def without(*names: str) -> dict[str, Any]:
    """A body that lacks members."""
    return new_user(**dict.fromkeys(names))


def with_password(password: Any, **more: Any) -> dict[str, Any]:
    """A body with another password."""
    return new_user(passwordProfile={"forceChangePassword": False, "password": password, **more})


NEW_USERS = (
    # body, answer
    (new_user(), (201, None)),
    ({name.upper(): value for name, value in new_user().items()}, (201, None)),
    (new_user(userPrincipalName=f"A.d-a_O'Neil@{DOMAIN.upper()}"), (201, None)),
    (new_user(firstName="Ælfgifu", lastName="Ó'Brien", displayName="アダ"), (201, None)),
    (new_user(id=NOBODYS, state="inactive", userDomainType="federated"), (201, None)),
    (new_user(usageLocation="ie"), (201, None)),
    (with_password("abcdefG1"), (201, None)),
    (with_password("abcdefG-"), (201, None)),
    (with_password("ünïcödé-1"), (201, None)),
    (with_password("x" * 253 + "X1!"), (201, None)),
    (without("usageLocation"), INCOMPLETE),
    (without("userPrincipalName"), INCOMPLETE),
    (without("firstName"), INCOMPLETE),
    (without("lastName"), INCOMPLETE),
    (without("displayName"), INCOMPLETE),
    (without("passwordProfile"), INCOMPLETE),
    (new_user(displayName=""), INCOMPLETE),
    (new_user(firstName=" "), INCOMPLETE),
    (new_user(firstName="x" * 65), INCOMPLETE),
    (new_user(displayName="x" * 257), INCOMPLETE),
    (new_user(displayName="a\u0000b"), INCOMPLETE),
    (new_user(displayName="\ud800"), INCOMPLETE),
    (new_user(displayName=7), INCOMPLETE),
    (new_user(usageLocation="QQ"), INCOMPLETE),
    (new_user(usageLocation="USA"), INCOMPLETE),
    (new_user(usageLocation="ＵＳ"), INCOMPLETE),
    (new_user(userPrincipalName="ada"), INCOMPLETE),
    (new_user(userPrincipalName=f"@{DOMAIN}"), INCOMPLETE),
    (new_user(userPrincipalName="ada@elsewhere.example"), INCOMPLETE),
    (new_user(userPrincipalName=f"ada@{DOMAIN.replace('k', chr(0x212A), 1)}"), INCOMPLETE),
    (new_user(userPrincipalName=f"ada.@{DOMAIN}"), INCOMPLETE),
    (new_user(userPrincipalName=f"ada stone@{DOMAIN}"), INCOMPLETE),
    (new_user(userPrincipalName=f"ädä@{DOMAIN}"), INCOMPLETE),
    (new_user(userPrincipalName=f"a@b@{DOMAIN}"), INCOMPLETE),
    (new_user(userPrincipalName=f"{'x' * 65}@{DOMAIN}"), INCOMPLETE),
    (new_user(passwordProfile="secret"), INCOMPLETE),
    (new_user(passwordProfile={}), INCOMPLETE),
    (new_user(passwordProfile={"password": PASSWORD}), INCOMPLETE),
    (new_user(passwordProfile={"forceChangePassword": True}), INCOMPLETE),
    (with_password(None), INCOMPLETE),
    (with_password(12345678), INCOMPLETE),
    (with_password("Abc-123"), INCOMPLETE),
    (with_password("abcdefgh1"), INCOMPLETE),
    (with_password("ABCDEFGH"), INCOMPLETE),
    (with_password("x" * 254 + "X1!"), INCOMPLETE),
    (with_password(PASSWORD, forceChangePassword="yes"), INCOMPLETE),
    ({}, INCOMPLETE),
    ([new_user()], MALFORMED),
    (None, MALFORMED),
)


@pytest.mark.parametrize(("body", "expected"), NEW_USERS)
def test_a_new_user_needs_names_location_and_password(
    people: People, body: Any, expected: tuple[int, int | None]
) -> None:
    """What is missing or malformed is refused with one sentence, without the password, and makes no user."""
    status, answer = people.ask("POST", USERS, body)
    assert expected == (status, answer.get("code"))
    if status >= 400:
        assert answer["description"].endswith(".")
        assert PASSWORD not in json.dumps(answer)
    assert (2 if status == 201 else 1) == len(people.names())


def test_a_name_is_taken_once_in_any_case(people: People) -> None:
    """A second user of a name, and one of the administrator's, is 409; a deleted user's name is free."""
    first = people.create("ada")
    assert TAKEN == people.code("POST", USERS, new_user("ADA"))
    assert TAKEN == people.code("POST", USERS, new_user(userPrincipalName=ADMINISTRATOR.upper()))
    assert (204, None) == people.ask("DELETE", f"{USERS}/{first}")
    second = people.create("ada")
    assert first != second
    assert TAKEN == people.code("PATCH", f"{USERS}/{first}", {"state": "active"})
    assert ["admin", "ada"] == people.names()


def test_a_repeated_create_makes_one_user(people: People) -> None:
    """The same request id gets the first answer again (10.1)."""
    answers = [people.ask("POST", USERS, new_user(), MS_RequestId=REQUEST_ID) for _ in range(2)]
    assert answers[0] == answers[1]
    assert ["admin", "ada"] == people.names()


# The administrator


def test_a_customer_begins_with_its_administrator(people: People) -> None:
    """It is `admin@` the customer's domain, as the create answered, and company administrator."""
    (first,) = people.ask("GET", USERS)[1]["items"]
    assert ADMINISTRATOR == first["userPrincipalName"]
    assert (200, first) == people.ask("GET", f"{USERS}/{first['id']}")
    status, roles = people.ask("GET", f"{USERS}/{first['id']}/directoryroles")
    role = {
        "name": "Company Administrator",
        "id": "62e90394-69f5-4237-9190-012177145e10",
        "attributes": {"objectType": "DirectoryRole"},
    }
    expected = {"totalCount": 1, "items": [role], "attributes": {"objectType": "Collection"}}
    assert (200, expected) == (status, roles)


def test_the_administrator_stays_the_same_user(local_people: LocalPeople) -> None:
    """Its id and document do not change with the first write, and it can be changed, deleted and brought back."""
    before = local_people.ask("GET", USERS)[1]["items"][0]
    local_people.create("ada")
    assert before == local_people.ask("GET", USERS)[1]["items"][0]
    path = f"{USERS}/{before['id']}"
    assert "Boss" == local_people.ask("PATCH", path, {"displayName": "Boss"})[1]["displayName"]
    assert (204, None) == local_people.ask("DELETE", path)
    assert ["ada"] == local_people.names()
    local_people.later(days=31)
    assert (["ada"], []) == (local_people.names(), local_people.names(DELETED))
    assert NOT_THERE == local_people.code("GET", path)


def test_the_first_write_may_be_about_the_administrator(people: People) -> None:
    """Deleting it as the very first thing leaves nobody, and bringing it back its role."""
    path = f"{USERS}/{people.ask('GET', USERS)[1]['items'][0]['id']}"
    assert (204, None) == people.ask("DELETE", path)
    assert ([], ["admin"]) == (people.names(), people.names(DELETED))
    assert 200 == people.ask("PATCH", path, {"state": "active"})[0]
    assert 1 == people.ask("GET", f"{path}/directoryroles")[1]["totalCount"]


def test_other_users_have_no_role(people: People) -> None:
    """The list of roles of a user that was created is empty."""
    assert 0 == people.ask("GET", f"{USERS}/{people.create()}/directoryroles")[1]["totalCount"]


# Changing


CHANGES = (
    # body, members that differ afterwards
    ({"displayName": "Countess"}, {"displayName": "Countess"}),
    ({"DISPLAYNAME": "Countess"}, {"displayName": "Countess"}),
    ({"firstName": "Augusta", "lastName": "King"}, {"firstName": "Augusta", "lastName": "King"}),
    ({"usageLocation": "gb"}, {"usageLocation": "GB"}),
    ({"userPrincipalName": f"countess@{DOMAIN}"}, {"userPrincipalName": f"countess@{DOMAIN}"}),
    ({"userPrincipalName": f"ADA@{DOMAIN}"}, {"userPrincipalName": f"ADA@{DOMAIN}"}),
    ({"phoneNumber": "1", "immutableId": "x"}, {"phoneNumber": "1", "immutableId": "x"}),
    ({"state": "active"}, {}),
    ({"state": "Active", "displayName": "Countess"}, {"displayName": "Countess"}),
    ({"passwordProfile": {"forceChangePassword": True, "password": "Other-456-Asdfg"}}, {}),
    ({"displayName": None, "firstName": "Augusta"}, {"firstName": "Augusta"}),
    ({"id": NOBODYS, "softDeletionTime": "2026-01-01T00:00:00Z", "firstName": "A"}, {"firstName": "A"}),
    ({}, INCOMPLETE),
    ({"unknown": 1}, INCOMPLETE),
    ({"attributes": {"objectType": "CustomerUser"}}, INCOMPLETE),
    ({"displayName": ""}, INCOMPLETE),
    ({"firstName": "\t"}, INCOMPLETE),
    ({"lastName": 7}, INCOMPLETE),
    ({"lastName": "x" * 65}, INCOMPLETE),
    ({"usageLocation": "QQ"}, INCOMPLETE),
    ({"userPrincipalName": ""}, INCOMPLETE),
    ({"userPrincipalName": "ada@elsewhere.example"}, INCOMPLETE),
    ({"userPrincipalName": ADMINISTRATOR}, TAKEN),
    ({"state": "inactive"}, INCOMPLETE),
    ({"state": "gone"}, INCOMPLETE),
    ({"state": 0}, INCOMPLETE),
    ({"passwordProfile": {"forceChangePassword": True, "password": "weak"}}, INCOMPLETE),
    ({"passwordProfile": {"password": PASSWORD}}, INCOMPLETE),
    ([], MALFORMED),
)


@pytest.mark.parametrize("older", [False, True], ids=["by path", "by query"])
@pytest.mark.parametrize(("body", "expected"), CHANGES)
def test_a_change_touches_what_it_names(people: People, body: Any, expected: Any, older: bool) -> None:
    """PATCH answers the changed user, at both its addresses; a refused one changes nothing."""
    user_id = people.create()
    path = f"{USERS}/{user_id}"
    before = people.ask("GET", path)[1]
    address = f"{USERS}?user_id={user_id}" if older else path
    status, answer = people.ask("PATCH", address, body)
    after = people.ask("GET", path)[1]
    if isinstance(expected, dict):
        assert (200, {**before, **expected}) == (status, after)
        assert after == answer
    else:
        assert (expected, before) == ((status, answer["code"]), after)


def test_a_user_that_was_read_can_be_sent_back(people: People) -> None:
    """GET, change one member, PATCH: everything else stays."""
    path = f"{USERS}/{people.create()}"
    read = people.ask("GET", path)[1]
    assert (200, {**read, "displayName": "Countess"}) == people.ask(
        "PATCH", path, {**read, "displayName": "Countess"}
    )


RESETS = (
    ({"passwordProfile": {"forceChangePassword": True, "password": "Other-456-Asdfg"}}, (200, None)),
    (new_user(), (200, None)),
    ({"passwordProfile": {"forceChangePassword": True, "password": "weak"}}, INCOMPLETE),
    ({"passwordProfile": {"password": PASSWORD}}, INCOMPLETE),
    ({"passwordProfile": PASSWORD}, INCOMPLETE),
    ({}, INCOMPLETE),
    ([], MALFORMED),
)


@pytest.mark.parametrize(("body", "expected"), RESETS)
def test_the_address_for_passwords_changes_nothing_else(
    people: People, body: Any, expected: tuple[int, int | None]
) -> None:
    """PATCH …/resetpassword answers the user as it was, or refuses a password that is none."""
    path = f"{USERS}/{people.create()}"
    before = people.ask("GET", path)[1]
    status, answer = people.ask("PATCH", f"{path}/resetpassword", body)
    assert expected == (status, answer.get("code"))
    assert before == people.ask("GET", path)[1]
    assert status >= 400 or before == answer


# Going and coming back


def test_a_deleted_user_is_inactive_for_thirty_days(local_people: LocalPeople) -> None:
    """It leaves the list, is found by the filter with the time of its deletion, and cannot be read or changed."""
    path = f"{USERS}/{local_people.create()}"
    read = local_people.ask("GET", path)[1]
    assert (204, None) == local_people.ask("DELETE", path)
    assert (["admin"], ["ada"]) == (local_people.names(), local_people.names(DELETED))
    inactive = {**read, "state": "inactive", "softDeletionTime": "2026-03-01T12:00:00.0000000Z"}
    assert [inactive] == local_people.ask("GET", USERS + DELETED)[1]["items"]
    assert NOT_THERE == local_people.code("GET", path)
    assert NOT_THERE == local_people.code("DELETE", path)
    assert NOT_THERE == local_people.code("PATCH", path, {"displayName": "Ghost"})
    assert NOT_THERE == local_people.code("PATCH", f"{path}/resetpassword", RESETS[0][0])
    assert NOT_THERE == local_people.code("GET", f"{path}/licenses")
    assert NOT_THERE == local_people.code("GET", f"{path}/directoryroles")


@pytest.mark.parametrize(("seconds", "expected"), [(-1, (200, None)), (0, NOT_THERE), (1, NOT_THERE)])
def test_thirty_days_are_counted_by_the_clock(
    local_people: LocalPeople, seconds: int, expected: tuple[int, int | None]
) -> None:
    """`state` active brings a user back until thirty days are over, then it is gone for good."""
    path = f"{USERS}/{local_people.create()}"
    local_people.ask("DELETE", path)
    local_people.later(days=30, seconds=seconds)
    assert expected == local_people.code("PATCH", path, {"state": "active"})
    is_back = expected == (200, None)
    assert (["admin", "ada"] if is_back else ["admin"]) == local_people.names()
    assert [] == local_people.names(DELETED)


def test_a_user_that_came_back_is_as_before(local_people: LocalPeople) -> None:
    """Coming back can change names too, ends the deletion, and the thirty days of a second one begin anew."""
    path = f"{USERS}/{local_people.create()}"
    read = local_people.ask("GET", path)[1]
    local_people.ask("DELETE", path)
    local_people.later(days=20)
    changed = {**read, "displayName": "Countess"}
    assert (200, changed) == local_people.ask("PATCH", path, {"state": "active", "displayName": "Countess"})
    assert (200, changed) == local_people.ask("GET", path)
    local_people.ask("DELETE", path)
    local_people.later(days=29)
    assert ["ada"] == local_people.names(DELETED)


def test_the_query_names_the_user_at_the_older_address(people: People) -> None:
    """DELETE …/users?user_id= deletes that one; without an id, or with another, nobody is touched."""
    kept, gone = people.create("ada"), people.create("bob")
    for query in ("", "?user_id=", "?user_id=%20"):
        assert INCOMPLETE == people.code("DELETE", f"{USERS}{query}")
        assert INCOMPLETE == people.code("PATCH", f"{USERS}{query}", {"displayName": "X"})
    assert MALFORMED == people.code("DELETE", f"{USERS}?user_id=*")
    assert NOT_THERE == people.code("DELETE", f"{USERS}?user_id={NOBODYS}")
    assert (204, None) == people.ask("DELETE", f"{USERS}?USER_ID={{{gone.upper()}}}")
    assert ["admin", "ada"] == people.names()
    assert 200 == people.ask("GET", f"{USERS}/{kept}")[0]


def test_the_query_is_part_of_what_is_repeated(people: People) -> None:
    """One request id for two users is two calls, and again for one of them its first answer (10.1)."""
    ids = [people.create("ada"), people.create("bob")]
    statuses = [
        people.send("DELETE", f"{USERS}?user_id={one}", MS_RequestId=REQUEST_ID)[0]
        for one in (*ids, ids[0], ids[0].upper())
    ]
    assert [204] * 4 == statuses
    assert ["admin"] == people.names()


@pytest.mark.parametrize(
    ("user_id", "expected"),
    [(NOBODYS, NOT_THERE), (OWN, NOT_THERE), ("ada", MALFORMED), ("{}", MALFORMED), ("%00", MALFORMED)],
)
def test_a_user_that_is_not_there_is_told_apart_from_no_id(
    people: People, user_id: str, expected: tuple[int, int]
) -> None:
    """An unknown GUID is 404/60002, what is no GUID 400/800002, for each operation on one user."""
    body = {"displayName": "X", "passwordProfile": new_user()["passwordProfile"]}
    update = {"licensesToRemove": [NOBODYS]}
    for method, path, sent in (
        ("GET", "", None),
        ("PATCH", "", {"displayName": "X"}),
        ("DELETE", "", None),
        ("PATCH", "/resetpassword", body),
        ("GET", "/directoryroles", None),
        ("GET", "/licenses", None),
        ("POST", "/licenseupdates", update),
    ):
        assert (method, path, expected) == (
            method,
            path,
            people.code(method, f"{USERS}/{user_id}{path}", sent),
        )

"""How the sandbox reads a request for a token and refuses it; behaviour.md 9.1, client-quirks.md 2."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter import sandbox
from partnercenter.sandbox.identity.client_assertions import JWT_BEARER
from partnercenter.sandbox.identity.client_secrets import StoredSecret, check_client_secret, hash_secret
from partnercenter.sandbox.identity.entra_errors import EntraError, EntraFault, FaultTable
from partnercenter.sandbox.identity.grant_errors import ClientFault, GrantFault
from partnercenter.sandbox.identity.page_errors import PageFault
from partnercenter.sandbox.identity.scopes import requested_scope
from partnercenter.sandbox.identity.token_request import (
    DEVICE_CODE,
    GRANTS,
    TokenRequest,
    app_only_audience,
    asked_scope,
    parse_token_request,
    unknown_application,
    unknown_tenant,
)
from partnercenter.sandbox.identity.tokens import ProtocolVersion
from partnercenter.sandbox.identity.user_errors import UserFault

NOW = 1_800_000_000.0
TENANT = "5d6b1c1e-2f0a-4a55-9a39-0c7c5f1b9d11"
CLIENT = "0b0c1f5a-7c3e-4d0e-8f3b-2f3b1d0c9a77"
SECRET = "Zq8~not+a%20real.secret_=&;"
API = "https://api.partnercenter.microsoft.com"
FORM = "application/x-www-form-urlencoded"
V1 = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "resource": API}
V2 = {
    "grant_type": "client_credentials",
    "client_id": CLIENT,
    "client_secret": SECRET,
    "scope": API + "/.default",
}


def basic(client_id: str, secret: str) -> str:
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()


def parse(
    form: dict[str, str], version: ProtocolVersion, header: str | None = None, content_type: str | None = FORM
) -> TokenRequest | EntraError:
    return parse_token_request(urlencode(form).encode(), content_type, header, version)


def audience(form: dict[str, str], version: ProtocolVersion) -> str | EntraError:
    """The audience that an application by itself asks for with this form."""
    request = parse(form, version)
    return request if isinstance(request, EntraError) else app_only_audience(request)


def without(form: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in form.items() if name not in names}


@pytest.mark.parametrize("content_type", [FORM, FORM + "; charset=utf-8", FORM.upper(), None, ""])
@pytest.mark.parametrize(("form", "version"), [(V1, 1), (V2, 2)])
def test_a_complete_request_is_read(
    form: dict[str, str], version: ProtocolVersion, content_type: str | None
) -> None:
    """Both endpoints read client, secret and audience from a form, whatever its content type adds."""
    expected = TokenRequest(version, "client_credentials", CLIENT, SECRET, None, form)
    request = parse(form, version, content_type=content_type)
    assert expected == request
    assert API == audience(form, version)


@pytest.mark.parametrize("sent", [SECRET.replace("%", "%25"), quote(SECRET, safe="")])
@pytest.mark.parametrize("scheme", ["Basic", "basic"])
@pytest.mark.parametrize("left", [("client_secret",), ("client_id", "client_secret")])
def test_a_client_may_identify_itself_in_the_header(sent: str, scheme: str, left: tuple[str, ...]) -> None:
    """HTTP Basic carries id and secret, percent-encoded wholly or where needed."""
    header = basic(CLIENT, sent).replace("Basic", scheme)
    form = without(V1, *left)
    assert TokenRequest(1, "client_credentials", CLIENT, SECRET, None, form) == parse(form, 1, header)


def test_another_authorization_scheme_is_ignored() -> None:
    """A client that sends a bearer token along with its form is served by the form."""
    assert isinstance(parse(V1, 1, "Bearer abc"), TokenRequest)


def test_a_client_id_is_read_in_lower_case() -> None:
    """A client id that is a GUID is the same in any case and in braces."""
    result = parse(V1 | {"client_id": "{" + CLIENT.upper() + "}"}, 1)
    assert isinstance(result, TokenRequest)
    assert result.client_id == CLIENT


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (API + "//.default", API + "/"),
        ("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd/.default", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"),
        (f" {API}/.DEFAULT ", API),
    ],
)
def test_the_audience_is_the_scope_without_its_ending(scope: str, expected: str) -> None:
    """A scope names its audience before `/.default`, and keeps a slash of the audience itself."""
    assert expected == audience(V2 | {"scope": scope}, 2)


@pytest.mark.parametrize("grant", [*GRANTS, "device_code"])
def test_every_grant_is_read(grant: str) -> None:
    """The grants are those of Entra; msal-node shortens the name of one."""
    result = parse(V1 | {"grant_type": grant}, 1)
    assert isinstance(result, TokenRequest)
    assert (DEVICE_CODE if grant == "device_code" else grant) == result.grant


def test_an_assertion_takes_the_place_of_the_secret() -> None:
    """A client may prove who it is by a signed assertion."""
    proof = {"client_assertion": "a.b.c", "client_assertion_type": JWT_BEARER}
    result = parse(without(V1, "client_secret") | proof, 1)
    assert isinstance(result, TokenRequest)
    assert (None, "a.b.c") == (result.client_secret, result.client_assertion)


def test_a_request_of_a_user_may_leave_the_scope_to_the_sign_in() -> None:
    """Without resource or scope there is nothing asked for."""
    for form, version in ((V1, 1), (V2, 2)):
        request = parse(without(form, "scope", "resource"), version)  # type: ignore[arg-type]
        assert isinstance(request, TokenRequest)
        assert asked_scope(request) is None


class Refusal(NamedTuple):
    """A request, what was answered to it, which fault that should be, and a part of its text."""

    name: str
    result: object
    fault: FaultTable
    said: str = ""


BODY = urlencode(V1).encode()
REFUSALS = [
    Refusal("empty body", parse({}, 1), EntraFault.MISSING_PARAMETER, "'grant_type'"),
    Refusal("no client", parse(without(V1, "client_id"), 1), EntraFault.MISSING_PARAMETER, "'client_id'"),
    Refusal("blank client", parse(V1 | {"client_id": " "}, 1), EntraFault.MISSING_PARAMETER, "'client_id'"),
    Refusal("no resource", audience(without(V1, "resource"), 1), EntraFault.MISSING_PARAMETER, "'resource'"),
    Refusal("no scope", audience(without(V2, "scope"), 2), EntraFault.MISSING_PARAMETER, "'scope'"),
    Refusal(
        "assertion of no type",
        parse(without(V1, "client_secret") | {"client_assertion": "a.b.c"}, 1),
        EntraFault.MISSING_PARAMETER,
        "'client_assertion_type'",
    ),
    Refusal(
        "assertion of another type",
        parse(without(V1, "client_secret") | {"client_assertion": "a.b.c", "client_assertion_type": "x"}, 1),
        EntraFault.MALFORMED_REQUEST,
        JWT_BEARER,
    ),
    Refusal(
        "secret and assertion",
        parse(V1 | {"client_assertion": "a.b.c", "client_assertion_type": JWT_BEARER}, 1),
        EntraFault.MALFORMED_REQUEST,
        "Both",
    ),
    Refusal("odd grant", parse(V1 | {"grant_type": "magic"}, 1), EntraFault.UNKNOWN_GRANT, "'magic'"),
    Refusal(
        "JSON",
        parse_token_request(b"{}", "application/json", None, 1),
        EntraFault.NOT_A_FORM,
        "application/json",
    ),
    Refusal(
        "twice",
        parse_token_request(BODY + b"&scope=a&scope=b", FORM, None, 1),
        EntraFault.MALFORMED_REQUEST,
        "'scope'",
    ),
    Refusal(
        "other twice", parse_token_request(BODY + b"&x=1&x=2", FORM, None, 1), EntraFault.MALFORMED_REQUEST
    ),
    Refusal("not UTF-8", parse_token_request(BODY + b"&x=\xff", FORM, None, 1), EntraFault.MALFORMED_REQUEST),
    Refusal(
        "encoded, not UTF-8",
        parse_token_request(BODY + b"&x=%ff", FORM, None, 1),
        EntraFault.MALFORMED_REQUEST,
    ),
    Refusal(
        "too many",
        parse_token_request(b"&".join([b"a=1"] * 101), FORM, None, 1),
        EntraFault.MALFORMED_REQUEST,
    ),
    Refusal(
        "too long", parse_token_request(b"a=" + b"1" * 65_536, FORM, None, 1), EntraFault.MALFORMED_REQUEST
    ),
    Refusal("bad Basic", parse(V1, 1, "Basic %%%"), EntraFault.MALFORMED_REQUEST, "HTTP Basic"),
    Refusal(
        "Basic, no colon", parse(V1, 1, "Basic " + b64encode(b"abc").decode()), EntraFault.MALFORMED_REQUEST
    ),
    Refusal(
        "two clients", parse(V1, 1, basic(TENANT, SECRET)), EntraFault.MALFORMED_REQUEST, "different clients"
    ),
    Refusal("two secrets", parse(V1, 1, basic(CLIENT, SECRET)), EntraFault.MALFORMED_REQUEST, "both"),
    Refusal("resource on v2", audience(V2 | {"resource": API}, 2), EntraFault.RESOURCE_ON_V2),
    Refusal(
        "two scopes",
        audience(V2 | {"scope": f"{API}/.default openid"}, 2),
        EntraFault.MALFORMED_SCOPE,
        "openid",
    ),
    Refusal("no audience in scope", audience(V2 | {"scope": "/.default"}, 2), EntraFault.MALFORMED_SCOPE),
    Refusal(
        "scope of a user",
        audience(V2 | {"scope": f"{API}/user_impersonation"}, 2),
        EntraFault.SCOPE_WITHOUT_DEFAULT,
        "user_impersonation",
    ),
    Refusal(
        "two resources", requested_scope(f"{API}/.default x/.default"), EntraFault.SEVERAL_RESOURCES, API
    ),
    Refusal(
        "default beside another",
        requested_scope(f"{API}/.default {API}/user_impersonation"),
        EntraFault.DEFAULT_BESIDE_OTHERS,
    ),
    Refusal("unknown permission", requested_scope(f"{API}/x"), EntraFault.UNKNOWN_PERMISSION, "'x'"),
    Refusal(
        "bad secret",
        check_client_secret(CLIENT, "x", [], NOW),
        ClientFault.WRONG_SECRET,
        CLIENT,
    ),
    Refusal(
        "old secret",
        check_client_secret(CLIENT, SECRET, [StoredSecret(hash_secret(SECRET), NOW)], NOW),
        ClientFault.EXPIRED_SECRET,
        CLIENT,
    ),
    Refusal("tenant", unknown_tenant("nowhere.example"), EntraFault.UNKNOWN_TENANT, "'nowhere.example'"),
    Refusal("application", unknown_application(CLIENT, TENANT), EntraFault.UNKNOWN_APPLICATION, CLIENT),
    Refusal(
        "resource",
        EntraFault.UNKNOWN_RESOURCE.about("https://x.example", tenant=TENANT),
        EntraFault.UNKNOWN_RESOURCE,
        "named https://x.example was not found",
    ),
    Refusal(
        "secret",
        ClientFault.MISSING_SECRET.about("client_credentials"),
        ClientFault.MISSING_SECRET,
        "'client_credentials' grant",
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.name)
def test_a_request_with_a_fault_is_refused_with_its_number(refusal: Refusal) -> None:
    """Each kind of bad request is answered with Entra's status, word and number, and names the cause."""
    status, error, code, _ = refusal.fault.value
    result = refusal.result
    assert isinstance(result, EntraError)
    assert (status, error, code) == (result.status, result.error, result.code)
    assert refusal.said in result.description
    assert SECRET not in result.description


@pytest.mark.parametrize("table", [EntraFault, ClientFault, GrantFault, PageFault, UserFault])
def test_every_fault_is_answered_somewhere(table: type[FaultTable]) -> None:
    """No row of the tables of errors is there in vain."""
    folder = Path(sandbox.__file__).parent
    code = "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*.py"))
    assert [] == [fault.name for fault in table if f"{table.__name__}.{fault.name}" not in code]


def test_the_representation_of_a_request_hides_its_secret() -> None:
    """`repr` of a token request shows the client and not the secret."""
    text = repr(parse(V1, 1))
    assert CLIENT in text
    assert SECRET not in text


versions: st.SearchStrategy[ProtocolVersion] = st.sampled_from([1, 2])
parameter = st.sampled_from([*V1, "scope", "client_assertion", "client_assertion_type", "x"])
values = st.text() | st.sampled_from([*GRANTS, JWT_BEARER, API, API + "/.default"])


@given(st.binary(), st.none() | st.text() | st.just(FORM), st.none() | st.text(), versions)
def test_no_bytes_make_the_parser_raise(
    body: bytes, content_type: str | None, header: str | None, version: ProtocolVersion
) -> None:
    """Any body, content type and header are answered with a request or an error."""
    result = parse_token_request(body, content_type, header, version)
    assert isinstance(result, TokenRequest | EntraError)


@given(
    st.dictionaries(parameter, values),
    st.none()
    | st.binary().map(lambda raw: "Basic " + b64encode(raw).decode())
    | st.text().map("Basic ".__add__),
    versions,
)
def test_no_form_makes_the_parser_raise(
    form: dict[str, str], header: str | None, version: ProtocolVersion
) -> None:
    """Any values of the known parameters give a request or an error that can be written as a body."""
    encoded = {name: value.encode("utf-8", "replace") for name, value in form.items()}
    result = parse_token_request(urlencode(encoded).encode(), FORM, header, version)
    assert isinstance(result, TokenRequest | EntraError)
    if isinstance(result, TokenRequest):
        assert isinstance(app_only_audience(result), str | EntraError)
        asked_scope(result)
    else:
        assert f"AADSTS{result.code}: " in result.body("t", "c", NOW)["error_description"]


@given(
    st.text(alphabet=st.characters(codec="utf-8"), min_size=8),
    st.dictionaries(parameter, st.just("x")),
    versions,
)
def test_no_error_repeats_the_secret(secret: str, changes: dict[str, str], version: ProtocolVersion) -> None:
    """Whatever else is wrong with a request, neither the error nor a `repr` shows its secret."""
    marked = f"<<{secret}>>"
    form = (V1 if version == 1 else V2) | changes | {"client_secret": marked}
    assert marked not in repr(parse(form, version))

"""The token table: what the API answers to each kind of token, with each defect, on each class of route.

Data only; `test_token_gate` carries it out. Rows begin with the section of behaviour.md that they come from. Several
things may stand against a token, such as another audience and no MFA; the answer is that of the earliest `Stage`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Any, Final

from tests.sandbox.conftest import (
    NOBODYS,
    NOT_CSP_CLIENT,
    NOT_CSP_TENANT,
    OTHER_CLIENT,
    OWN,
    UNREGISTERED_CLIENT,
)
from tests.sandbox.forging import Forger


class Stage(IntEnum):
    """The order in which a call is judged (1.5)."""

    GATEWAY = 0
    TOKEN = 1
    EXCHANGE = 2
    MFA = 3
    PARTNER = 4
    RIGHTS = 5
    TOKEN_TYPE = 6


@dataclass(frozen=True)
class Told:
    """An answer: its body is exactly that of a fault with code and description, or empty when there is no code."""

    stage: Stage
    status: int
    code: int | None = None
    description: str = ""
    challenge: str | None = None

    @property
    def body(self) -> Mapping[str, Any] | None:
        """The whole body of a refusal."""
        if self.stage is Stage.GATEWAY and self.code is None:
            return {"statusCode": self.status, "message": self.description}
        if self.code is None:
            return None
        return {"code": self.code, "description": self.description, "data": [], "source": "PartnerFD"}


INVALID: Final = 'Bearer error="invalid_token"'
MISSING: Final = Told(Stage.TOKEN, 401, 800001, "Partner Token missing in request context.", "Bearer")
REFUSED: Final = Told(Stage.TOKEN, 401, challenge=INVALID)
RETIRED: Final = Told(
    Stage.TOKEN,
    401,
    900420,
    "The audience in the token is invalid and is no longer supported in Partner Center API.",
    INVALID,
)
EXCHANGED_BEFORE: Final = Told(Stage.EXCHANGE, 401, challenge=INVALID)
NO_MFA: Final = Told(Stage.MFA, 401, 900421, "MFA is required to access this API.", INVALID)
NO_MFA_OLD: Final = Told(Stage.MFA, 401, challenge=INVALID)
NO_PARTNER: Final = Told(Stage.PARTNER, 403, 600006, "The requested action is not allowed.")
NO_ROLE: Final = Told(Stage.RIGHTS, 403, 900308, "Insufficient privileges to complete the operation.")
NO_USER: Final = Told(
    Stage.RIGHTS, 403, 900329, "This resource does not support application-only authentication."
)
NO_LICENSES: Final = Told(
    Stage.TOKEN_TYPE,
    400,
    900316,
    "Partner token is not allowed in license management calls. Please call with partner access token.",
)


@dataclass(frozen=True)
class RouteClass:
    """A call that stands for others, and what a token is answered that opens it; code None is a success."""

    method: str
    path: str
    status: int
    code: int | None = None
    body: bytes | None = None
    gateway: Told | None = None


class Route(Enum):
    """The classes of routes."""

    # 9.3 "Both"; behind the gate there are a customer, a page, a refused body, and below a tenant of nobody
    READ = RouteClass("GET", f"/v1/customers/{OWN}", 200)
    LIST = RouteClass("GET", "/v1/customers?size=1", 200)
    WRITE = RouteClass("POST", "/v1/customers", 400, 800002, b"[]")
    # 1.5, 1.8: only for sandbox accounts
    SANDBOX_ONLY = RouteClass("DELETE", f"/v1/customers/{NOBODYS}", 404, 60003)
    # 9.3, 3.5: app+user in production, carried out as the delete in a sandbox
    RELATIONSHIP = RouteClass(
        "PATCH", f"/v1/customers/{NOBODYS}", 404, 60003, b'{"relationshipToPartner": "none"}'
    )
    # 9.3 "App+user only"
    USER_ONLY = RouteClass("GET", f"/v1/customers/{OWN}/users?size=1", 200)
    USER_ONLY_WRITE = RouteClass("POST", f"/v1/customers/{OWN}/users", 400, 800002, b"[]")
    # 11.2, code 900316
    LICENSES = RouteClass("GET", f"/v1/customers/{OWN}/subscribedskus", 200)
    # 9.1
    EXCHANGE = RouteClass("POST", "/generatetoken", 200, body=b"grant_type=jwt_token")
    EXCHANGE_3 = RouteClass("POST", "/v3/generatetoken", 200, body=b"grant_type=jwt_token")
    # 1.5: the gateway answers before it looks at a token
    UNKNOWN = RouteClass(
        "GET", "/v1/nothing", 404, gateway=Told(Stage.GATEWAY, 404, None, "Resource not found")
    )
    OTHER_METHOD = RouteClass(
        "PUT",
        "/v1/customers",
        405,
        gateway=Told(Stage.GATEWAY, 405, 900141, "This operation is not supported."),
    )


FOR_USERS: Final = frozenset({Route.USER_ONLY, Route.USER_ONLY_WRITE, Route.LICENSES})
EXCHANGES: Final = frozenset({Route.EXCHANGE, Route.EXCHANGE_3})
CALLS: Final = frozenset(Route) - EXCHANGES
EVERYWHERE: Final = frozenset(Route)
Order = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of token: the order that makes one, and what one without a defect is refused, where."""

    section: str
    order: Order
    refusals: Mapping[Told, frozenset[Route]] = field(default_factory=dict)
    version: int = 1
    is_exchanged: bool = False

    @property
    def has_user(self) -> bool:
        """Whether somebody signed in for it."""
        return self.order["kind"] == "app_user"


_APP: Final = {"kind": "app"}
_USER: Final = {"kind": "app_user"}
_USER_WITHOUT_MFA: Final = {"kind": "app_user", "mfa": False}
_APP_REFUSALS: Final = {NO_USER: FOR_USERS}
KINDS: Final[Mapping[str, Kind]] = {
    "app-only, v1": Kind("9.2, 9.3", _APP, _APP_REFUSALS),
    "app-only, v2": Kind("9.1, 9.3", _APP, _APP_REFUSALS, version=2),
    "app+user with MFA, v1": Kind("9.2", _USER),
    "app+user with MFA, v2": Kind("9.1", _USER, version=2),
    "app+user without MFA, v1": Kind("1.5", _USER_WITHOUT_MFA, {NO_MFA: EVERYWHERE}),
    "app+user without MFA, v2": Kind("1.5", _USER_WITHOUT_MFA, {NO_MFA: EVERYWHERE}, version=2),
    "Partner Center's own, app-only": Kind(
        "9.1", _APP, {EXCHANGED_BEFORE: EXCHANGES, **_APP_REFUSALS}, is_exchanged=True
    ),
    "Partner Center's own, app+user": Kind(
        "9.1, 11.2",
        _USER,
        {EXCHANGED_BEFORE: EXCHANGES, NO_LICENSES: frozenset({Route.LICENSES})},
        is_exchanged=True,
    ),
}

Make = Callable[[Forger], str | None]


@dataclass(frozen=True)
class Defect:
    """What is wrong with a token: changed members of its order, or a header that a forger makes out of a good one."""

    section: str
    told: Told | None
    changes: Order = field(default_factory=dict)
    forge: Make = Forger.bearer
    where: frozenset[Route] = EVERYWHERE
    users_only: bool = False


def _claims(**claims: Any) -> Order:
    return {"claims": claims}


DEFECTS: Final[Mapping[str, Defect]] = {
    "none": Defect("9.2", None),
    "none, scheme in lower case": Defect("1.1", None, forge=lambda good: f"bearer {good.token}"),
    # no token
    "no header": Defect("1.5", MISSING, forge=lambda _: None),
    "another scheme": Defect("1.5", MISSING, forge=lambda _: "Basic YTpi"),
    "no scheme": Defect("1.5", MISSING, forge=lambda good: good.token),
    "no token after the scheme": Defect("1.5", MISSING, forge=lambda _: "Bearer"),
    # no token of ours
    "garbage": Defect("1.5", REFUSED, forge=lambda _: "Bearer garbage"),
    "two tokens": Defect("1.5", REFUSED, forge=lambda good: f"Bearer {good.token} {good.token}"),
    "cut off": Defect("1.5", REFUSED, forge=lambda good: f"Bearer {good.token[:-1]}"),
    "longer than any of ours": Defect("1.5", REFUSED, _claims(name="n" * 17_000)),
    "content changed": Defect("1.5", REFUSED, forge=lambda good: good.tampered(tid=NOT_CSP_TENANT)),
    "signature of another token": Defect("1.5", REFUSED, forge=lambda good: good.swapped()),
    "signed by another sandbox": Defect("1.5", REFUSED, forge=lambda good: good.signed()),
    "signed by another, our key's id": Defect(
        "1.5", REFUSED, forge=lambda good: good.signed(kid=good.key_id)
    ),
    # algorithms
    "algorithm none": Defect("1.5", REFUSED, forge=lambda good: good.unsigned("none")),
    "algorithm nOnE": Defect("1.5", REFUSED, forge=lambda good: good.unsigned("nOnE")),
    "algorithm none, signature kept": Defect("1.5", REFUSED, forge=lambda good: good.renamed("none")),
    "algorithm RS512, signature kept": Defect("1.5", REFUSED, forge=lambda good: good.renamed("RS512")),
    "HS256 with the public key": Defect(
        "1.5", REFUSED, forge=lambda good: good.keyed(good.public_pem, good.key_id)
    ),
    "HS256 with the public key, one line end less": Defect(
        "1.5", REFUSED, forge=lambda good: good.keyed(good.public_pem.strip(), good.key_id)
    ),
    "HS256 with the public key's modulus": Defect(
        "1.5", REFUSED, forge=lambda good: good.keyed(good.modulus, good.key_id)
    ),
    "HS256 with nothing": Defect("1.5", REFUSED, forge=lambda good: good.keyed(b"", good.key_id)),
    # key ids
    "key id is a path": Defect("1.5", REFUSED, forge=lambda good: good.keyed(b"", "../../../../dev/null")),
    "key id is SQL": Defect("1.5", REFUSED, forge=lambda good: good.keyed(b"key", "x' UNION SELECT 'key")),
    "key id is unknown": Defect("1.5", REFUSED, forge=lambda good: good.signed(kid="unknown")),
    "key id is empty": Defect("1.5", REFUSED, forge=lambda good: good.signed(kid="")),
    "key id is a list": Defect("1.5", REFUSED, forge=lambda good: good.signed(kid=[good.key_id])),
    "key id is an object": Defect("1.5", REFUSED, forge=lambda good: good.signed(kid={"$ne": ""})),
    "key id is null": Defect("1.5", REFUSED, forge=lambda good: good.signed(kid=None)),
    # keys that the token brings
    "brings its key": Defect(
        "1.5", REFUSED, forge=lambda good: good.signed(kid=good.key_id, jwk=good.own_jwk)
    ),
    "address of its keys": Defect(
        "1.5", REFUSED, forge=lambda good: good.signed(kid=good.key_id, jku="http://127.0.0.1:9/keys")
    ),
    "address of its certificate": Defect(
        "1.5", REFUSED, forge=lambda good: good.signed(kid=good.key_id, x5u="http://127.0.0.1:9/pem")
    ),
    "brings its certificate": Defect(
        "1.5", REFUSED, forge=lambda good: good.signed(kid=good.key_id, x5c=["MIIB"])
    ),
    # times
    "expired": Defect("1.5", REFUSED, {"expiresInSeconds": -1}),
    "not yet valid": Defect("1.5", REFUSED, _claims(nbf=4_000_000_000)),
    "no end": Defect("1.5", REFUSED, _claims(exp=None)),
    "its end is a text": Defect("1.5", REFUSED, _claims(exp="4000000000")),
    # places
    "retired audience": Defect("1.5", RETIRED, {"audience": "https://graph.windows.net"}),
    "retired audience with a slash": Defect("1.5", RETIRED, {"audience": "https://graph.windows.net/"}),
    "another audience": Defect("1.5", REFUSED, {"audience": "https://graph.microsoft.com"}),
    "no audience": Defect("1.5", REFUSED, _claims(aud=None)),
    "list of audiences": Defect("1.5", REFUSED, _claims(aud=["https://api.partnercenter.microsoft.com"])),
    "no tenant": Defect("1.5", REFUSED, _claims(tid=None)),
    "tenant is no GUID": Defect("1.5", REFUSED, _claims(tid="contoso.onmicrosoft.com")),
    "issuer of another tenant": Defect(
        "1.5", REFUSED, _claims(iss=f"https://sts.windows.net/{NOT_CSP_TENANT}/")
    ),
    "unknown issuer": Defect("1.5", REFUSED, _claims(iss="https://issuer.example/")),
    # partners
    "tenant of nobody": Defect("1.5", NO_PARTNER, {"tenantId": NOBODYS}),
    "tenant that is no CSP partner": Defect(
        "1.5", NO_PARTNER, {"tenantId": NOT_CSP_TENANT, "clientId": NOT_CSP_CLIENT}
    ),
    "app that is not registered": Defect("1.5", NO_PARTNER, {"clientId": UNREGISTERED_CLIENT}),
    "app of nobody": Defect("1.5", NO_PARTNER, {"clientId": NOBODYS}),
    "app of another partner": Defect("9.1", NO_PARTNER, {"clientId": OTHER_CLIENT}),
    # several at once: the earliest stage answers
    "expired, of nobody": Defect("1.5", REFUSED, {"expiresInSeconds": -1, "tenantId": NOBODYS}),
    "expired, retired audience": Defect(
        "1.5", REFUSED, {"expiresInSeconds": -1, "audience": "https://graph.windows.net"}
    ),
    "retired audience, of nobody": Defect(
        "1.5", RETIRED, {"audience": "https://graph.windows.net", "tenantId": NOBODYS}
    ),
    # roles
    "no role": Defect("1.5", NO_ROLE, {"roles": ["HelpdeskAgents"]}, where=CALLS, users_only=True),
    "role in other letters": Defect("1.5", NO_ROLE, {"roles": ["adminagents"]}, where=CALLS, users_only=True),
}


def told(kind: Kind, defect: Defect, route: Route) -> Told | None:
    """What a token of a kind with a defect is answered on a route; None when it opens it."""
    against = [told for told, routes in kind.refusals.items() if route in routes]
    if defect.told is not None and route in defect.where:
        against.append(defect.told)
    if route.value.gateway is not None:
        against.append(route.value.gateway)
    return min(against, key=lambda told: told.stage, default=None)


@dataclass(frozen=True)
class Switch:
    """A setting that changes an answer of the table (the last column of 1.5 says what is assumed there)."""

    section: str
    settings: Mapping[str, Any]
    kind: str
    defect: str
    told: Told | None
    route: Route = Route.READ

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{named}: {self.kind}, {self.defect}, {self.route.name}"


_ANOTHER: Final = "417/800036"
_AS_SET: Final = {"status": 417, "code": 800036, "description": "Pre-condition failed."}
SWITCHES: Final = (
    Switch(
        "3.5", {"patch_relationship_app_only": False}, "app-only, v1", "none", NO_USER, Route.RELATIONSHIP
    ),
    Switch(
        "3.5",
        {"patch_relationship_app_only": False},
        "app+user with MFA, v1",
        "none",
        None,
        Route.RELATIONSHIP,
    ),
    Switch("1.5", {"mfa": "old"}, "app+user without MFA, v1", "none", NO_MFA_OLD),
    Switch("1.5", {"mfa": "old"}, "app+user without MFA, v1", "none", NO_MFA_OLD, Route.EXCHANGE),
    Switch("1.5", {"mfa": "off"}, "app+user without MFA, v1", "none", None),
    Switch("1.5", {"mfa": "off"}, "app+user without MFA, v2", "none", None, Route.USER_ONLY),
    Switch("1.5", {"mfa": "off"}, "app+user without MFA, v1", "no role", NO_ROLE),
    Switch("1.5", {"mfa": "old"}, "app-only, v1", "none", None),
    Switch("9.1", {"accept_retired_audience": True}, "app-only, v1", "retired audience", None),
    Switch(
        "9.1", {"accept_retired_audience": True}, "app-only, v1", "retired audience", None, Route.EXCHANGE
    ),
    Switch(
        "9.1",
        {"accept_retired_audience": True},
        "app-only, v1",
        "retired audience",
        RETIRED,
        Route.EXCHANGE_3,
    ),
    Switch("9.1", {"accept_application_id_audience": False}, "app-only, v2", "none", REFUSED),
    Switch("9.1", {"accept_application_id_audience": False}, "app-only, v1", "none", None),
    Switch("1.5", {"token_clock_skew_seconds": 300}, "app+user with MFA, v1", "expired", None),
    Switch("1.5", {"token_clock_skew_seconds": 300}, "app-only, v1", "not yet valid", REFUSED),
    Switch(
        "1.5",
        {"fault_expired_token": _ANOTHER},
        "app-only, v1",
        "expired",
        Told(Stage.TOKEN, challenge=INVALID, **_AS_SET),
    ),
    Switch(
        "1.5",
        {"fault_wrong_audience": _ANOTHER},
        "app-only, v1",
        "another audience",
        Told(Stage.TOKEN, challenge=INVALID, **_AS_SET),
    ),
    Switch(
        "1.5",
        {"fault_invalid_token": _ANOTHER},
        "app-only, v1",
        "garbage",
        Told(Stage.TOKEN, challenge=INVALID, **_AS_SET),
    ),
    Switch(
        "1.5",
        {"fault_no_token": _ANOTHER},
        "app-only, v1",
        "no header",
        Told(Stage.TOKEN, challenge="Bearer", **_AS_SET),
    ),
    Switch(
        "1.5",
        {"fault_mfa_missing": _ANOTHER},
        "app+user without MFA, v1",
        "none",
        Told(
            Stage.MFA, challenge=INVALID, **{**_AS_SET, "description": "MFA is required to access this API."}
        ),
    ),
    Switch(
        "1.5",
        {"fault_not_a_partner": _ANOTHER},
        "app-only, v1",
        "tenant of nobody",
        Told(Stage.PARTNER, **_AS_SET),
    ),
    Switch(
        "11.2",
        {"partner_token_manages_licenses": True},
        "Partner Center's own, app+user",
        "none",
        None,
        Route.LICENSES,
    ),
    Switch(
        "9.1",
        {"unversioned_generatetoken": False},
        "app-only, v1",
        "none",
        Told(Stage.GATEWAY, 404, None, "Resource not found"),
        Route.EXCHANGE,
    ),
    Switch(
        "9.1",
        {"unversioned_generatetoken": False},
        "app-only, v1",
        "no header",
        Told(Stage.GATEWAY, 404, None, "Resource not found"),
        Route.EXCHANGE,
    ),
    Switch("9.1", {"unversioned_generatetoken": False}, "app-only, v1", "none", None, Route.EXCHANGE_3),
)

"""The service itself: `submit` takes a request and returns an answer, or the future of one.

No socket and no event loop here, so that a server and a sandbox inside a test share it, by `front`. A request
passes named stages: the gateway's route, the token, the partner, the throttle, the faults made to order, the replay,
the form of ids, the customer, the environment, and then the operation's handler. Reads are answered at once; writes
go through the database's single writer, where the effect, its audit record and the answer kept for a replay are one
transaction: after a crash either all of it is there or nothing. Where other processes share the database, all that
waits for it is done in threads, and a call begins with what the others have changed. Every answer leaves by `_end`.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import Final, TypeAlias

from sqlalchemy import Connection

from partnercenter.contract.enums import CustomerPartnerRelationship
from partnercenter.contract.headers import CONTRACT_VERSION, REQUEST_ID
from partnercenter.contract.identifiers import parse_guid
from partnercenter.contract.operations import OPERATIONS, Operation
from partnercenter.sandbox.errors import StorageError
from partnercenter.sandbox.finish import finish, trace_ids
from partnercenter.sandbox.injected_faults import InjectedFault
from partnercenter.sandbox.remembered_answers import RememberedAnswers
from partnercenter.sandbox.request_log import Exchange
from partnercenter.sandbox.routes import HANDLERS
from partnercenter.sandbox.routes.attempts import named
from partnercenter.sandbox.routes.audited import record_failure
from partnercenter.sandbox.routes.call import Call
from partnercenter.sandbox.routes.holdings import settle
from partnercenter.sandbox.rules.refusal import Refused, RefusedBySetting
from partnercenter.sandbox.settings import Settings
from partnercenter.sandbox.state import State
from partnercenter.sandbox.store.audit import has_audit_records
from partnercenter.sandbox.store.customers import find_customer
from partnercenter.sandbox.store.faults import storage_fault
from partnercenter.sandbox.store.hot import savepoint
from partnercenter.sandbox.store.partners import find_partner
from partnercenter.sandbox.store.replays import KeptAnswer, ReplayKey, find_answer, keep_answer
from partnercenter.sandbox.store.times import to_micros
from partnercenter.sandbox.wire.fault import Fault, fault, gateway_fault, setting_fault
from partnercenter.sandbox.wire.message import Request, Response
from partnercenter.sandbox.wire.router import Match, Router

log = logging.getLogger(__name__)

Check = Callable[[Call, Connection], None]

_GATEWAY_404: Final = "Resource not found"
# More of them take the interpreter from each other more often than they use it: 16 answer two thirds as many calls.
_THREADS: Final = 4
_READING: Final = {"GET", "HEAD"}
_BEHIND: Final = "A call was let in by what another process had changed, as the database was away; repeat it."
# Operations whose faults about the customer have codes of their own (behaviour.md 7).
_AZURE: Final = "azure_entitlements."


@dataclass(frozen=True, slots=True)
class Later:
    """A call that waits some seconds before anything is done for it."""

    seconds: float
    go_on: Callable[[], Answer]


Answer: TypeAlias = "Response | Future[Answer] | Later"


class Service:
    """Partner Center's API over one sandbox's state."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._router = _router()
        self._gatekeeper = state.gatekeeper
        # Who waits for another process does so in a thread, so that the event loop does not wait with him.
        self._threads = ThreadPoolExecutor(_THREADS, "sandbox-call") if state.database.shared else None
        self._remembered = RememberedAnswers(lambda: state.database.commits)

    def submit(self, request: Request) -> Answer:
        """Answer a read at once, a write in the future that the writer fulfils. Never raises for a request."""
        return self._in_thread(lambda: self._submitted(request))

    def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return work() if self._threads is None else self._threads.submit(work)

    def _submitted(self, request: Request) -> Answer:
        let_in_by = None
        try:
            self._state.catch_up()
        except Exception as error:
            if request.method in _READING or storage_fault(error) is None:
                return self._failed(self._begin(request), error)
            # A write waits until the database is back, and catches up in its transaction.
            let_in_by = self._state.changes
        exchange = self._begin(request)
        exchange.let_in_by = let_in_by
        try:
            call = self._admit(exchange)
            struck = self._state.faults.strike(call)
        except Fault as refused:
            return self._end(exchange, refused.response)
        except Exception as error:
            return self._failed(exchange, error)
        if struck is None:
            return self._carry_out(exchange, call)
        exchange.fault = struck
        if struck.order.delay_seconds:
            suffer = partial(self._suffer, exchange, call, struck)
            return Later(struck.order.delay_seconds, lambda: self._in_thread(suffer))
        return self._suffer(exchange, call, struck)

    def refuse(self, request: Request, refused: Fault) -> Answer:
        """The answer to a request that nobody looked at, with the headers that every answer has."""
        return self._in_thread(lambda: self._end(self._begin(request), refused.response))

    def handle(self, request: Request) -> Response:
        """Answer a request, waiting for the disk where it writes."""
        answer = self.submit(request)
        while not isinstance(answer, Response):
            if isinstance(answer, Later):
                time.sleep(answer.seconds)
                answer = answer.go_on()
            else:
                answer = answer.result()
        return answer

    def _begin(self, request: Request) -> Exchange:
        settings, nature = self._state.settings, self._state.nature
        request_id, correlation_id = trace_ids(request, settings, nature)
        return Exchange(
            request, settings, request_id, correlation_id, nature.clock.now(), time.perf_counter()
        )

    def _admit(self, exchange: Exchange) -> Call:
        request, settings = exchange.request, exchange.settings
        match = self._router.match(request.path)
        operation, match = _route(request, match, settings)
        ids = dict(zip(operation.path_parameters, match.values, strict=True))
        exchange.operation, exchange.customer_id = operation, ids.get("customer_id")
        now = self._state.nature.real.now()
        token = self._gatekeeper.token(request.headers.get("authorization"), settings, now.timestamp())
        exchange.token = token
        partner = self._gatekeeper.partner(token, settings)
        self._gatekeeper.check_rights(token, partner, operation, settings)
        _check_contract_version(request, settings)
        self._state.throttle.check(operation.name, partner.tenant_id, exchange.customer_id, settings, now)
        exchange.call = Call(
            request=request,
            operation=operation,
            ids=ids,
            query=request.query(),
            request_id=exchange.request_id,
            correlation_id=exchange.correlation_id,
            partner=partner,
            token=token,
            settings=settings,
            nature=self._state.nature,
            page_secret=self._state.page_secret,
        )
        return exchange.call

    def _suffer(self, exchange: Exchange, call: Call, struck: InjectedFault) -> Answer:
        """What becomes of a call that an injected fault has hit."""
        refusal = struck.refusal(call.settings)
        return self._carry_out(exchange, call) if refusal is None else self._end(exchange, refusal)

    def _carry_out(self, exchange: Exchange, call: Call) -> Answer:
        if not call.operation.writes:
            return self._ended(exchange, lambda: self._read(call))
        answered: Future[Answer] = Future()
        answered.set_running_or_notify_cancel()  # a caller who leaves cannot stop what is being written

        def settle(done: Future[Response]) -> None:
            answered.set_result(self._ended(exchange, done.result))

        self._write(exchange, call).add_done_callback(self._off_the_writer(settle))
        return answered

    def _off_the_writer(
        self, settle: Callable[[Future[Response]], None]
    ) -> Callable[[Future[Response]], object]:
        """What the writer calls when a write is done: it does not wait for the log of requests of other processes."""
        threads = self._threads
        return settle if threads is None else lambda done: threads.submit(settle, done)

    def _write(self, exchange: Exchange, call: Call) -> Future[Response]:
        def written(connection: Connection) -> Response:
            self._state.catch_up(connection)
            if exchange.let_in_by not in {None, self._state.changes}:
                raise StorageError(_BEHIND)
            return _answer_once(call, connection)

        return self._state.database.write(written, call.partner.tenant_id)

    def _read(self, call: Call) -> Response:
        database = self._state.database
        return self._remembered.recall(
            call, lambda: database.read(lambda connection: _answer(call, connection))
        )

    def _ended(self, exchange: Exchange, work: Callable[[], Response]) -> Response:
        try:
            response = work()
        except Fault as refused:
            response = refused.response
        except Exception as error:
            return self._failed(exchange, error)
        return self._end(exchange, response)

    def _failed(self, exchange: Exchange, error: Exception) -> Response:
        stored = storage_fault(error)
        if stored is None:
            log.exception("unexpected error, correlation id %s", exchange.correlation_id)
        else:
            log.error("%s (correlation id %s)", stored, exchange.correlation_id)
        return self._end(exchange, fault(exchange.settings, 500, 800003).response)

    def _end(self, exchange: Exchange, response: Response) -> Response:
        """Every answer leaves here: with its headers, written into the log, and as a fault lets it."""
        finished = finish(
            response,
            exchange.request,
            exchange.settings,
            exchange.request_id,
            exchange.correlation_id,
            self._state.nature,
            exchange.token,
        )
        self._state.requests.add(exchange, response)
        if exchange.fault is None:
            return finished
        return exchange.fault.delivered(finished, is_head=exchange.request.method == "HEAD")


@cache
def _router() -> Router:
    """The tree of all operations, which every service of a process shares."""
    return Router(OPERATIONS.values())


def _route(request: Request, match: Match | None, settings: Settings) -> tuple[Operation, Match]:
    if match is None or (match.trailing_slash and not settings.flag("trailing_slash")):
        raise gateway_fault(404, _GATEWAY_404)
    operation = match.operations.get(request.method)
    if operation is not None:
        return operation, match
    if match.trailing_slash:
        # An empty id: the path is not the collection's, whatever it looks like (behaviour.md 1.5).
        raise gateway_fault(404, _GATEWAY_404)
    allowed = {"Allow": ", ".join(sorted(match.operations))}
    raise setting_fault(settings, "fault_method_not_allowed", headers=allowed)


def _check_contract_version(request: Request, settings: Settings) -> None:
    if settings.flag("require_contract_version") and not request.headers.get(CONTRACT_VERSION.lower()):
        raise fault(settings, 400, 800002, f"The header {CONTRACT_VERSION} is required.")


def _answer(call: Call, connection: Connection) -> Response:
    for name in call.settings.text("precedence").split(","):
        _CHECKS[name](call, connection)
    if call.operation.writes and call.customer_key is not None:
        settle(connection, call.customer_key, call.nature.clock.now(), call.settings)
    try:
        return HANDLERS[call.operation.name](call, connection)
    except (Refused, RefusedBySetting) as refusal:
        raise call.refused(refusal) from None


def _answer_once(call: Call, connection: Connection) -> Response:
    """Run a write unless it ran before under this request id; keep its answer with its effect."""
    if find_partner(connection, call.partner.tenant_id) != call.partner:
        # A seed came between the call and its turn to write: who calls is not who was admitted.
        raise setting_fault(call.settings, "fault_not_a_partner")
    now = call.nature.clock.now()
    since = to_micros(now - timedelta(hours=call.settings.number("replay_hours")))
    key = _replay_key(call)
    if key is not None:
        kept = find_answer(connection, key, since)
        if kept is not None and _may_replay(call, kept):
            call.is_replay = True
            return Response(kept.status, kept.body, dict(kept.headers))
    try:
        with savepoint(connection):
            response = _answer(call, connection)
    except Fault as refused:
        response = refused.response
        record_failure(call, connection)
    if key is not None and kept is None and _is_kept(response, call.settings):
        given = KeptAnswer(response.status, response.headers, response.body)
        keep_answer(connection, key, given, call.customer_key, to_micros(now), since)
    return response


def _is_kept(response: Response, settings: Settings) -> bool:
    """Whether an answer is given again under its request id: what means "try again" never is (behaviour.md 10.1)."""
    again = response.status in {401, 429} or response.status >= 500
    return response.status < 400 or (not again and settings.flag("replay_faults"))


def _may_replay(call: Call, kept: KeptAnswer) -> bool:
    second_delete = call.operation.name == "customers.delete" and kept.status < 300
    return not second_delete or call.settings.flag("second_delete_replays")


def _replay_key(call: Call) -> ReplayKey | None:
    sent = parse_guid(call.request.headers.get(REQUEST_ID.lower(), ""))
    if sent is None or not call.settings.flag("replay"):
        return None
    with_body = call.settings.text("replay_key") == "with_body"
    ids = [parse_guid(value) or value for value in call.ids.values()]
    path = call.operation.path
    for name, value in zip(call.ids, ids, strict=True):
        path = path.replace("{" + name + "}", value)
    for name in call.operation.ids_in_query:
        path += f"?{name}={named(call.query.get(name, ''))}"
    return ReplayKey(
        partner_id=call.partner.tenant_id,
        request_id=sent,
        method=call.operation.method,
        path=path,
        body_digest=hashlib.sha256(call.request.body).hexdigest() if with_body else "",
    )


def _check_id(call: Call, connection: Connection) -> None:  # noqa: ARG001 - one signature for all checks
    value = call.ids.get("customer_id")
    if value is not None and parse_guid(value) is None:
        shown = value[:100]
        text = f"Customer ID {shown} should have GUID format (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
        raise call.setting_fault("fault_malformed_customer_id", text)


def _check_customer(call: Call, connection: Connection) -> None:
    value = call.ids.get("customer_id")
    customer_id = parse_guid(value) if value is not None else None
    if customer_id is None:
        return
    row = find_customer(connection, customer_id)
    if row is None:
        raise _unknown_customer(call, connection, customer_id)
    ended = row.relationship == CustomerPartnerRelationship.NONE
    asks_to_end = call.operation.name == "customers.remove_reseller_relationship"
    if row.partner_id != call.partner.tenant_id or (ended and not asks_to_end):
        raise _no_relationship(call, customer_id)
    call.customer = row
    call.customer_key = row.key


def _unknown_customer(call: Call, connection: Connection, customer_id: str) -> Fault:
    if call.operation.name.startswith(_AZURE):
        return call.fault(400, 900118)
    was_here = has_audit_records(connection, call.partner.tenant_id, customer_id)
    return call.setting_fault("fault_deleted_customer" if was_here else "fault_unknown_customer")


def _no_relationship(call: Call, customer_id: str) -> Fault:
    if call.operation.name.startswith(_AZURE):
        partner_id = call.partner.tenant_id
        return call.fault(403, 900159, None, partner_id, partner_id, customer_id, customer_id)
    return call.fault(403, 20002, "No relationship between caller and account.")


def _check_environment(call: Call, connection: Connection) -> None:  # noqa: ARG001 - one signature for all checks
    if call.operation.sandbox_only and not call.partner.is_sandbox:
        raise call.setting_fault("fault_production_delete")


_CHECKS: Final[Mapping[str, Check]] = {
    "id": _check_id,
    "customer": _check_customer,
    "environment": _check_environment,
}

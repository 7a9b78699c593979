"""A bounded memory of tokens that were verified before; speed.md, "What was measured to be fast" 5.

Verifying a signature halves the throughput of a small answer; remembering costs a few per cent. What a
good token is stays in `verification`. The invariant: the answer for a token is the one that
`verify_token` would give with the same arguments, at every time and after every change of the keys.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from partnercenter.sandbox.identity.audiences import AcceptedAudiences
from partnercenter.sandbox.identity.signing_keys import SigningKey
from partnercenter.sandbox.identity.verification import TokenDefect, VerifiedToken, verify_token


class TokenCache:
    """The last `max_entries` good tokens, by their text; thread safe.

    Refused tokens are not kept, so that nobody can push the good ones out with rubbish. Each hit is
    checked again for its times, for its signing key and for the accepted audiences: a moved clock, a
    withdrawn key or a changed setting takes effect with the next request, without telling the cache.
    """

    def __init__(self, max_entries: int = 1024) -> None:
        if max_entries < 1:
            raise ValueError(f"max_entries must be at least 1, not {max_entries}.")
        self._max_entries = max_entries
        self._entries: OrderedDict[str, tuple[VerifiedToken, SigningKey, AcceptedAudiences]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def verify(
        self,
        token: str,
        *,
        keys: Mapping[str, SigningKey],
        audiences: AcceptedAudiences,
        now: float,
        clock_skew: float = 0.0,
    ) -> VerifiedToken | TokenDefect:
        """The answer of `verify_token`, from memory where that is the same."""
        with self._lock:
            entry = self._entries.get(token)
            if entry is not None:
                self._entries.move_to_end(token)
        if entry is not None:
            verified, key, judged_for = entry
            is_as_before = (keys.get(verified.key_id), audiences) == (key, judged_for)
            if is_as_before and verified.time_defect(now, clock_skew) is None:
                return verified
        result = verify_token(token, keys=keys, audiences=audiences, now=now, clock_skew=clock_skew)
        with self._lock:
            if isinstance(result, VerifiedToken):
                self._entries[token] = (result, keys[result.key_id], audiences)
                if len(self._entries) > self._max_entries:
                    self._entries.popitem(last=False)
            else:
                self._entries.pop(token, None)
        return result

"""Speaks the contract over HTTP: the synchronous client in `sync`, its source in `aio`.

What needs no waiting is here and serves both: how a call is built, when it is tried again, how an answer
becomes a resource or an error. `sync` is generated from `aio` by tools/generate_sync.py.
"""

"""The local integration sandbox: Partner Center and its sign-in on your own machine.

`wire` reads requests and writes answers, `identity` issues and checks tokens, `rules` decide what the
service allows (pure functions), `store` keeps the data, `routes` join rules and store for each
operation of the contract, `control` serves `/_sandbox`, `worlds` are what a seed fills it with.
`service` puts them together without any I/O of its own, and `front` knows which of them a request is
about; `asgi` and `server` are its shells.
"""

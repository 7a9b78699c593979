"""The sandbox's identity provider: keys, tokens, token requests, discovery, and the local authority for TLS.

Everything here decides and nothing listens: `sign_in` and `caller` call these functions with the store's rows,
the time and the request's parts (behaviour.md 9, client-quirks.md 2 and 3). Only `certificates` and
`private_files` touch the disk. Importing its modules is cheap: PyJWT, cryptography and trustme are imported by
the first call that needs them.
"""

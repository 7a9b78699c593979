"""Worlds: what a seed fills a sandbox with.

A world is a JSON document of partners with their applications, customers and purchases, and of
settings. Those that ship with the package are made in `named`; a user's own comes from a file. Every world
also has the development partner, so that nobody is locked out by a seed.
"""

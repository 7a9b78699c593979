"""Versions of the schema, applied in order when a sandbox opens a database of an earlier one."""

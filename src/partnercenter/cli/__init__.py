"""The `partnercenter` command: parses, calls, prints. What it decides about deleting stands in `cleanup`.

Modules of sub-commands are imported when they are used; nothing else of this room imports azure, rich or
the sandbox at the top of a module that `--help` needs.
"""

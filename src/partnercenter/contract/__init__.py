"""What Partner Center is, as data: clouds, resources, operations, service errors, headers.

No module of this package performs I/O, and none imports another room of the project. The client
sends what is declared here, the sandbox serves it, and the OpenAPI document, the fuzz tests and
the coverage table are derived from it.
"""

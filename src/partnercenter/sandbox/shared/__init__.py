"""What the processes that serve one PostgreSQL database count and remember together, in tables of it.

A process that has its database to itself keeps the same in memory: `throttle`, `guesses`, `injected_faults` and
`request_log`, which have the rules, too. `counted` chooses.
"""

"""Deleting customers as a job: where it is allowed, what is known of a customer, the deletion and its outcome.

Nothing here prints or asks; the command line does. The one invariant: no customer is deleted except with a
credential that `trusted_sandboxes` has checked.
"""

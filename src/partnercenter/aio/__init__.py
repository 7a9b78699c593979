"""The asynchronous twin of `partnercenter`: the same class, with `await`."""

from partnercenter.client.aio import PartnerCenterClient

__all__ = ["PartnerCenterClient"]

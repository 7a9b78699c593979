"""The asynchronous client: the source from which `client.sync` is generated."""

from partnercenter.client.aio.partner_center_client import PartnerCenterClient

__all__ = ["PartnerCenterClient"]

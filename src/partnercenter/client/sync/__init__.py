# Generated from src/partnercenter/client/aio/__init__.py by tools/generate_sync.py; do not edit.
"""The synchronous client."""

from partnercenter.client.sync.partner_center_client import PartnerCenterClient

__all__ = ["PartnerCenterClient"]

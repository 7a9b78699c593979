"""How the sandbox behaves where nobody knows the real service: shown, changed, described."""

from __future__ import annotations

from partnercenter.sandbox.control.asked import Asked
from partnercenter.sandbox.settings import SETTINGS
from partnercenter.sandbox.wire.message import Response, json_response


def show(asked: Asked) -> Response:
    """Every setting with its value in force."""
    return json_response(200, asked.state.settings.as_json())


def change(asked: Asked) -> Response:
    """Change some settings; null goes back to the default."""
    return json_response(200, asked.state.change_settings(asked.body()).as_json())


def describe(asked: Asked) -> Response:
    """What each setting means."""
    described = [
        {
            "name": setting.name,
            "value": asked.state.settings[setting.name],
            "default": setting.default,
            "takes": setting.expected,
            "section": setting.section,
            "summary": setting.summary,
        }
        for setting in SETTINGS.values()
    ]
    return json_response(200, {"settings": described})

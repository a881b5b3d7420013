"""Settings of the controller: /config.json on its flash goes over what is written here."""

import json

DEFAULTS = {"broker": "tars.local", "port": 1883, "user": None, "password": None, "battery_low_mv": 6800}


def load(file="config.json"):
    """Return the settings; a file that is missing or damaged is as good as none."""
    settings = dict(DEFAULTS)
    try:
        with open(file) as source:  # noqa: PTH123 - MicroPython has no pathlib
            settings.update(json.load(source))
    except (OSError, ValueError):
        pass
    return settings

"""Who is there: the last word of every service."""

from __future__ import annotations

import logging

from tars.contracts.v1.health import TOPIC_SYSTEM_HEALTH_PREFIX, HealthPing
from tars.mqtt.logs import about

logger = logging.getLogger(__name__)


class RollCall:
    """Keeps which services are well, and logs when that changes."""

    def __init__(self) -> None:
        """Start knowing of nobody."""
        self.well: dict[str, bool] = {}

    async def on_health(self, ping: HealthPing, topic: str) -> None:
        """Note the state of the service that the topic names."""
        service = topic.removeprefix(TOPIC_SYSTEM_HEALTH_PREFIX)
        if self.well.get(service) != ping.ok:
            logger.info("service is well" if ping.ok else "service is not well", extra=about(topic, ping))
        self.well[service] = ping.ok

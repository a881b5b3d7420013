"""portal.toml: what a team says of its workspace, and who owns what in it."""

from asyncapi.workspace.settings.model import Settings, TopicSettings, mask_credentials
from asyncapi.workspace.settings.read import FILE, default_settings, load_settings, owner_of

__all__ = ["FILE", "Settings", "TopicSettings", "default_settings", "load_settings", "mask_credentials", "owner_of"]

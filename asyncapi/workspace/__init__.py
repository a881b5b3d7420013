"""A workspace as its users have it: portal.toml, folders of services, git."""

"""Configuration of the services."""

"""AsyncAPI documents of MQTT systems: make them from code, read them, check them, compare them.

Knows documents. Knows nothing of the web, of terminals, or of any particular team's contracts.
"""

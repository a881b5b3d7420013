"""The services of a workspace: their files, where their processes start, and what they publish and subscribe."""

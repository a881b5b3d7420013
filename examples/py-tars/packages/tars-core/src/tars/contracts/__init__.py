"""Contracts of TARS: what travels between the services of the robot, version by version."""

"""Servo frames from movement commands."""

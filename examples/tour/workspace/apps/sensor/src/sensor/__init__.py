"""Measures the temperature."""

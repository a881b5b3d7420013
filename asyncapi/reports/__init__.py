"""Findings as other programs and people read them: one writer a module, findings in, text out."""

from __future__ import annotations

"""JSON Schema by itself: read, converted, merged, told in words, proven, and met by values. Knows no registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

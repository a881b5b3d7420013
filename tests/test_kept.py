"""What the command line keeps between runs: never another answer, only a quicker one."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.cli import main
from portal.kept import scan_cache

CONTRACTS = "TOPIC_BELL_RING = 'bell/ring'\nTOPIC_BELL_STOP = 'bell/stop'\n"
SERVICE = (
    "import paho.mqtt.client as mqtt\nfrom bells import TOPIC_BELL_RING\nmqtt.Client().publish(TOPIC_BELL_RING, '{}')\n"
)


def test_a_changed_service_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run says the same, and a run after an edit says what the edit says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "bells"
    (root / "apps/tower").mkdir(parents=True)
    (root / "bells.py").write_text(CONTRACTS)
    (root / "portal.toml").write_text('contracts = ["bells"]\nservices = ["apps/*"]\n')
    main_file = root / "apps/tower/main.py"
    main_file.write_text(SERVICE)
    written = []
    for text in (SERVICE, SERVICE, SERVICE.replace("RING", "STOP")):
        main_file.write_text(text)
        main(["export", str(root), "-o", str(tmp_path / "out.yaml")])
        written.append((tmp_path / "out.yaml").read_text())
    assert written[0] == written[1]
    assert "tower_send_bellRing" in written[1]
    assert "tower_send_bellStop" in written[2]
    assert list(scan_cache(root).iterdir()) != []

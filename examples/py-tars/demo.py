"""Starts a broker and every service, says one sentence to the robot, and prints each hop to its spoken reply.

    python demo.py ["What do you see?"] [--stay]

Exit codes: 0 the reply was spoken, 1 it was not, 2 nothing could be started.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCES = [*sorted(HERE.glob("packages/*/src")), *sorted(HERE.glob("apps/*/src")), HERE / "bench/micropython"]
sys.path[:0] = [str(path) for path in SOURCES if path.parent.parent.name == "packages"]

import aiomqtt  # noqa: E402
from tars.contracts.envelope import seal  # noqa: E402
from tars.contracts.v1 import (  # noqa: E402
    TOPIC_HEALTH_MOVEMENT_CONTROLLER,
    TOPIC_HEALTH_MOVEMENT_SERVICE,
    TOPIC_LLM_RESPONSE,
    TOPIC_STT_FINAL,
    TOPIC_SYSTEM_HEALTH_PREFIX,
    TOPIC_TTS_STATUS,
    FinalTranscript,
    HealthPing,
)

HOST = "127.0.0.1"
SERVICES = tuple(sorted(path.name for path in (HERE / "apps").iterdir() if (path / "src").is_dir()))
OWN_HEALTH = {
    "movement-service": TOPIC_HEALTH_MOVEMENT_SERVICE,
    "esp32-controller": TOPIC_HEALTH_MOVEMENT_CONTROLLER,
}
MOSQUITTO = ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")
AMQTT = "import asyncio,sys;from amqtt.broker import Broker;" + (
    "b={'listeners':{'default':{'type':'tcp','bind':sys.argv[1]}},'auth':{'allow-anonymous':True},'sys_interval':0};"
    "exec('async def m():\\n await Broker(b).start()\\n await asyncio.Event().wait()');asyncio.run(m())"
)
READY_SECONDS = 30.0
REPLY_SECONDS = 20.0
SHOWN = ("utt_id", "id", "request_id", "call_id", "seq")


def health_topic(service: str) -> str:
    """Return where a service says that it is alive."""
    return OWN_HEALTH.get(service, TOPIC_SYSTEM_HEALTH_PREFIX + service)


@contextmanager
def broker(folder: Path) -> Iterator[int]:
    """Start a broker on a free port: mosquitto, or amqtt where there is none."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port = int(taken.getsockname()[1])
    program = next((found for name in MOSQUITTO if (found := shutil.which(name))), None)
    if program:
        file = folder / "mosquitto.conf"
        file.write_text(f"listener {port} {HOST}\nallow_anonymous true\npersistence false\n", encoding="utf-8")
        command = [program, "-c", str(file)]
    else:
        command = [sys.executable, "-c", AMQTT, f"{HOST}:{port}"]
    with process("broker", command, folder, {}) as running:
        deadline = time.monotonic() + 10
        while True:
            with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                break
            if running.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("No broker: install mosquitto, or amqtt for this Python.")
            time.sleep(0.05)
        yield port


@contextmanager
def process(
    name: str, command: list[str], folder: Path, environment: Mapping[str, str], stdin: int = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with its logs in `folder`, and end it afterwards."""
    with (folder / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdin=stdin, stdout=log, stderr=log
        )
        try:
            yield running
        finally:
            if running.stdin:
                running.stdin.close()
            running.terminate()
            try:
                running.wait(timeout=5)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@contextmanager
def services(
    port: int,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    commands: Mapping[str, list[str]] | None = None,
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Run every service, some by commands of their own; what is written to the stdin of stt-worker is heard."""
    (folder / "config.json").write_text(json.dumps({"broker": HOST, "port": port}), encoding="utf-8")
    variables = {
        "PYTHONPATH": os.pathsep.join(map(str, SOURCES)),
        "PYTHONUNBUFFERED": "1",
        "MQTT_URL": f"mqtt://{HOST}:{port}",
        "UI_WEB_PORT": "0",
        **(environment or {}),
    }
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(
                process(
                    name,
                    (commands or {}).get(name) or [sys.executable, "-m", name.replace("-", "_")],
                    folder,
                    variables,
                    subprocess.PIPE if name == "stt-worker" else subprocess.DEVNULL,
                )
            )
            for name in SERVICES
        }
        try:
            yield running
        finally:
            for service in running.values():
                service.terminate()


async def wait_until_ready(client: aiomqtt.Client) -> None:
    """Return when every service has said that it is ready; the client must not have subscribed to anything yet."""
    missing = {health_topic(name): name for name in SERVICES}
    await client.subscribe(f"{TOPIC_SYSTEM_HEALTH_PREFIX}+", qos=1)
    try:
        async with asyncio.timeout(READY_SECONDS):
            async for message in client.messages:
                if HealthPing.model_validate_json(bytes(message.payload)).ok:
                    missing.pop(str(message.topic), None)
                if not missing:
                    break
    except TimeoutError:
        raise RuntimeError(f"not ready in time: {', '.join(sorted(missing.values()))}") from None
    await client.unsubscribe(f"{TOPIC_SYSTEM_HEALTH_PREFIX}+")


async def converse(port: int, text: str) -> bool:
    """Say a sentence and print what follows; say whether the reply was spoken to its end."""
    async with aiomqtt.Client(HOST, port, identifier="tars-demo") as client:
        await wait_until_ready(client)
        print(f"{len(SERVICES)} services are ready.\n")
        await client.subscribe("#", qos=1)
        transcript = FinalTranscript(text=text, utt_id="utt-demo", confidence=1.0)
        sealed = seal("stt.final", transcript, "demo")
        await client.publish(TOPIC_STT_FINAL, sealed.model_dump_json(), qos=1)
        started, reply = time.monotonic(), None
        with suppress(TimeoutError):
            async with asyncio.timeout(REPLY_SECONDS):
                async for message in client.messages:
                    source, data = opened(bytes(message.payload))
                    topic = str(message.topic)
                    if data.get("utt_id") != transcript.utt_id:
                        continue
                    print(hop(time.monotonic() - started, source, topic, data))
                    if topic == TOPIC_LLM_RESPONSE:
                        reply = data["reply"]
                    if topic == TOPIC_TTS_STATUS and data["event"] == "speaking_end" and data["text"] == reply:
                        return True
    return False


def opened(payload: bytes) -> tuple[str, dict[str, Any]]:
    """Return sender and message of a payload, as far as it can be read."""
    try:
        content = json.loads(payload)
    except ValueError:
        return "", {}
    if isinstance(content, dict) and isinstance(content.get("data"), dict):
        return str(content.get("source", "")), content["data"]
    return "", content if isinstance(content, dict) else {}


def hop(seconds: float, source: str, topic: str, data: Mapping[str, Any]) -> str:
    """Return the line of one message."""
    fields = " ".join(f"{name}={str(data[name])[:12]}" for name in SHOWN if data.get(name) is not None)
    words = data.get("text") or data.get("reply") or data.get("delta") or data.get("name") or ""
    event = f"{data['event']}: " if "event" in data else ""
    return f"{seconds:6.2f} s  {source:<14} → {topic:<22} {event}{str(words)[:44]!r}  {fields}"


def tail(folder: Path) -> str:
    """Return the last lines of every log."""
    found = {file.stem: file.read_text(errors="replace").splitlines()[-5:] for file in sorted(folder.glob("*.log"))}
    return "\n".join(f"{name}: {line}" for name, lines in found.items() for line in lines)


def main() -> int:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(description="Say one sentence to TARS and follow it to the spoken reply.")
    parser.add_argument("text", nargs="?", default="What do you see?", help="what to say")
    parser.add_argument("--stay", action="store_true", help="keep broker and services until Ctrl-C")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tars-") as name:
        folder = Path(name)
        try:
            with broker(folder) as port, services(port, folder):
                spoken = asyncio.run(converse(port, arguments.text))
                print("\nThe reply was spoken." if spoken else f"\nThe reply was not spoken.\n{tail(folder)}")
                if arguments.stay:
                    print(f"Broker: mqtt://{HOST}:{port}, logs: {folder}. Ctrl-C ends it.")
                    with suppress(KeyboardInterrupt):
                        time.sleep(10**8)
                return 0 if spoken else 1
        except RuntimeError as error:
            print(f"{error}\n{tail(folder)}", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main())

"""Takes frames, tests and stops from the broker, and reports what became of them."""

import json

import utime
from umqtt.simple import MQTTClient

from esp32_controller.messages import FRAME, STOP, TEST, read, write

TOPIC_FRAME = b"movement/frame"
TOPIC_TEST = b"movement/test"
TOPIC_STOP = b"movement/stop"
TOPIC_STATUS = b"movement/status"
TOPIC_HEALTH = b"system/health/movement-controller"

LONGEST_QUEUE = 8
LONGEST_MS = 600000
LOOK_AROUND_MS = 10000
STEP_MS = 50
SEQUENCES = {
    "reset": ({"0": 1500, "1": 1500, "2": 1500, "3": 1500, "4": 1500},),
    "wave": ({"4": 2200}, {"4": 1800}, {"4": 2200}, {"4": 1500}),
    "bow": ({"0": 1250}, {"0": 1500}),
    "step_forward": ({"0": 1800}, {"1": 1700, "2": 1700}, {"0": 1500}),
    "disable": ({},),
    "stop": (),
}


class Controller:
    """The state of the robot's body."""

    def __init__(self, settings, servos, battery):
        self.settings = settings
        self.servos = servos
        self.battery = battery
        self.queue = []
        self.stopped = False
        self.test = None
        self.free_at = utime.ticks_ms()
        self.look_around_at = utime.ticks_ms()
        self.client = MQTTClient(
            b"tars-movement-controller",
            settings["broker"],
            port=settings["port"],
            user=settings["user"],
            password=settings["password"],
            keepalive=30,
        )

    def connect(self):
        """Connect, with a last will, and say so."""
        gone = write(ok=False, event="gone", err="connection lost")
        self.client.set_last_will(TOPIC_HEALTH, gone, retain=True, qos=1)
        self.client.set_callback(self.on_message)
        self.client.connect()
        self.client.subscribe(TOPIC_FRAME, qos=1)
        self.client.subscribe(TOPIC_TEST, qos=1)
        self.client.subscribe(TOPIC_STOP, qos=1)
        self.client.publish(TOPIC_HEALTH, write(ok=True, event="ready", err=None), retain=True, qos=1)
        self.report("connected")

    def work(self):
        """Do what is due: take a message, move on, look around. Nothing here waits, so that a stop comes through."""
        self.client.check_msg()
        now = utime.ticks_ms()
        if utime.ticks_diff(now, self.free_at) >= 0:
            self.move_on(now)
        if utime.ticks_diff(now, self.look_around_at) >= 0:
            self.look_around_at = utime.ticks_add(now, LOOK_AROUND_MS)
            self.client.ping()
            if self.battery() < self.settings["battery_low_mv"]:
                self.report("battery_low")

    def move_on(self, now):
        """Begin the next position, or end the test whose positions are all done."""
        if self.queue:
            channels, duration, power_off = self.queue.pop(0)
            self.servos.set(channels)
            if power_off:
                self.servos.off()
            self.free_at = utime.ticks_add(now, duration)
        elif self.test:
            command, request_id = self.test
            self.test = None
            self.report("command_completed", command=command, request_id=request_id)
        else:
            # The clock wraps around: after some days of rest, a moment that is left alone would lie ahead.
            self.free_at = now

    def on_message(self, topic, payload):
        """Take a message; what cannot be read is logged and forgotten."""
        try:
            if topic == TOPIC_FRAME:
                self.on_frame(read(payload, FRAME))
            elif topic == TOPIC_TEST:
                self.on_test(read(payload, TEST))
            elif topic == TOPIC_STOP:
                self.on_stop(read(payload, STOP))
        except (ValueError, MemoryError) as error:
            log("warning", "skipped a malformed message", topic=topic.decode(), error=str(error))

    def on_frame(self, frame):
        """Queue a frame, unless the robot was stopped or too many wait already."""
        log("info", "received", topic=TOPIC_FRAME.decode(), id=frame["id"], seq=frame["seq"])
        if self.stopped:
            log("warning", "stopped, frame dropped", id=frame["id"], seq=frame["seq"])
        elif len(self.queue) >= LONGEST_QUEUE:
            self.report("queue_full", detail=f"frame {frame['seq']} of {frame['id']}")
        else:
            duration = min(max(frame["duration_ms"] + frame["hold_ms"], 0), LONGEST_MS)
            self.queue.append((frame["channels"], duration, frame["disable_after"]))

    def on_test(self, request):
        """Begin a stored sequence, in place of what was going on."""
        command, request_id = request["command"], request["request_id"]
        log("info", "received", topic=TOPIC_TEST.decode(), request_id=request_id)
        if self.stopped:
            self.stopped = False
            self.report("stop_cleared", command=command, request_id=request_id)
        if command not in SEQUENCES:
            self.report("command_failed", command=command, detail="no such sequence", request_id=request_id)
            return
        duration = int(STEP_MS / request["speed"])
        self.queue = [(channels, duration, command == "disable") for channels in SEQUENCES[command]]
        self.test = (command, request_id)
        self.free_at = utime.ticks_ms()
        self.report("command_started", command=command, request_id=request_id)

    def on_stop(self, stop):
        """Switch everything off, and stay so until the next test."""
        log("info", "received", topic=TOPIC_STOP.decode(), message_id=stop["message_id"])
        self.servos.off()
        self.queue = []
        self.test = None
        self.stopped = True
        self.report("emergency_stop", detail=stop["reason"], request_id=stop["message_id"])

    def report(self, event, command=None, detail=None, request_id=None):
        """Publish what happened."""
        status = write(event=event, command=command, detail=detail, request_id=request_id)
        self.client.publish(TOPIC_STATUS, status, qos=0)
        log("info", "sent", topic=TOPIC_STATUS.decode(), about=event, request_id=request_id)


def log(level, event, **about):
    """Print a line of JSON on the serial port."""
    about.update(service="esp32-controller", level=level, event=event, time=utime.time())
    print(json.dumps(about))

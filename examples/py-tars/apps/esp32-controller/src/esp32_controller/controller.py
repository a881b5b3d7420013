"""Takes frames, tests and stops from the broker, and reports what became of them."""

import json
import time

from umqtt.simple import MQTTClient

from esp32_controller.messages import FRAME, STOP, TEST, read, write

TOPIC_FRAME = b"movement/frame"
TOPIC_TEST = b"movement/test"
TOPIC_STOP = b"movement/stop"
TOPIC_STATUS = b"movement/status"
TOPIC_HEALTH = b"system/health/movement-controller"

LONGEST_QUEUE = 8
BATTERY_PERIOD_S = 30
SEQUENCES = {
    "reset": ({"0": 1500, "1": 1500, "2": 1500, "3": 1500, "4": 1500},),
    "wave": ({"4": 2200}, {"4": 1800}, {"4": 2200}, {"4": 1500}),
    "bow": ({"0": 1250}, {"0": 1500}),
    "step_forward": ({"0": 1800}, {"1": 1700, "2": 1700}, {"0": 1500}),
    "disable": ({},),
}


class Controller:
    """The state of the robot's body."""

    def __init__(self, settings, servos, battery):
        self.settings = settings
        self.servos = servos
        self.battery = battery
        self.queue = []
        self.stopped = False
        self.next_battery_check = 0
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
        """Do what there is to do: one message, one frame, a look at the battery."""
        self.client.check_msg()
        if self.queue:
            self.move(self.queue.pop(0))
        if time.time() >= self.next_battery_check:
            self.next_battery_check = time.time() + BATTERY_PERIOD_S
            if self.battery() < self.settings["battery_low_mv"]:
                self.report("battery_low")
            self.client.ping()

    def on_message(self, topic, payload):
        """Take a message; what cannot be read is logged and forgotten."""
        try:
            if topic == TOPIC_FRAME:
                self.on_frame(read(payload, FRAME))
            elif topic == TOPIC_TEST:
                self.on_test(read(payload, TEST))
            elif topic == TOPIC_STOP:
                self.on_stop(read(payload, STOP))
        except ValueError as error:
            log("warning", "skipped a malformed message", topic=topic.decode(), error=str(error))

    def on_frame(self, frame):
        """Queue a frame, unless the robot was stopped or too many wait already."""
        log("info", "received", topic=TOPIC_FRAME.decode(), id=frame["id"], seq=frame["seq"])
        if self.stopped:
            log("warning", "stopped, frame dropped", id=frame["id"], seq=frame["seq"])
        elif len(self.queue) >= LONGEST_QUEUE:
            self.report("queue_full", detail=f"frame {frame['seq']} of {frame['id']}")
        else:
            self.queue.append(frame)

    def on_test(self, request):
        """Run a stored sequence."""
        command, request_id = request["command"], request["request_id"]
        log("info", "received", topic=TOPIC_TEST.decode(), request_id=request_id)
        if self.stopped:
            self.stopped = False
            self.report("stop_cleared", command=command, request_id=request_id)
        if command not in SEQUENCES:
            self.report("command_failed", command=command, detail="no such sequence", request_id=request_id)
            return
        self.report("command_started", command=command, request_id=request_id)
        for channels in SEQUENCES[command]:
            self.servos.set(channels)
            time.sleep(0.05 / request["speed"])
        self.report("command_completed", command=command, request_id=request_id)

    def on_stop(self, stop):
        """Switch everything off, and stay so until the next test."""
        log("info", "received", topic=TOPIC_STOP.decode(), message_id=stop["message_id"])
        self.servos.off()
        self.queue = []
        self.stopped = True
        self.report("emergency_stop", detail=stop["reason"], request_id=stop["message_id"])

    def move(self, frame):
        """Move to the position of a frame."""
        self.servos.set(frame["channels"])
        time.sleep((frame["duration_ms"] + frame["hold_ms"]) / 1000)
        if frame["disable_after"]:
            self.servos.off()

    def report(self, event, command=None, detail=None, request_id=None):
        """Publish what happened."""
        status = write(event=event, command=command, detail=detail, request_id=request_id)
        self.client.publish(TOPIC_STATUS, status, qos=0)
        log("info", "sent", topic=TOPIC_STATUS.decode(), about=event, request_id=request_id)


def log(level, event, **about):
    """Print a line of JSON on the serial port."""
    about.update(service="esp32-controller", level=level, event=event, time=time.time())
    print(json.dumps(about))

// Reads {language, url, samples: [{folder, file}]} from standard input and runs every sample in its folder.
// javascript: each file is a module; what it prints is told.
// micropython: each file runs in MicroPython, which has no network here. STAND-IN: the module umqtt.simple below keeps
// to the interface of the real one, notes what it is asked for, and MQTT.js carries that to the broker afterwards.
// Answers with one line of JSON: [sample, printed or noted, …] in order.
import { AsyncLocalStorage } from "node:async_hooks";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
import mqtt from "mqtt";

const STAND_IN = `
calls = []

class MQTTClient:
    def __init__(self, client_id, server, port=0, user=None, password=None, keepalive=0, ssl=None):
        self.server, self.port, self.connected, self.shown = server, port, False, None
        assert isinstance(client_id, str) and isinstance(server, str) and isinstance(port, int)

    def connect(self, clean_session=True):
        self.connected = True

    def disconnect(self):
        self.connected = False

    def publish(self, topic, msg, retain=False, qos=0):
        assert self.connected and qos in (0, 1) and isinstance(topic, bytes) and isinstance(msg, bytes)
        calls.append({"server": self.server, "port": self.port, "topic": list(topic), "payload": list(msg), "qos": qos, "retain": bool(retain)})

    def set_callback(self, f):
        self.shown = f

    def subscribe(self, topic, qos=0):
        assert self.connected and self.shown and qos in (0, 1) and isinstance(topic, bytes)
        calls.append({"filter": list(topic), "qos": qos})

    def wait_msg(self):
        sent = next(call for call in calls if "payload" in call)
        self.shown(bytes(sent["topic"]), bytes(sent["payload"]))
        raise KeyboardInterrupt
`;

const wanted = JSON.parse(readFileSync(0, "utf8"));
const printed = [];
const whose = new AsyncLocalStorage();

async function javascript({ folder, file }) {
  process.chdir(folder);
  const own = [];
  await whose.run(own, () => import(pathToFileURL(file)));
  for (let waited = 0; !own.length && waited < 500; waited++) await new Promise((done) => setTimeout(done, 10));
  return own;
}

async function micropython({ folder, file }, carrier) {
  process.chdir(folder);
  const runtime = await loadMicroPython({ stdout: (line) => printed.push(line), linebuffer: true });
  runtime.FS.mkdirTree("/lib/umqtt");
  runtime.FS.writeFile("/lib/umqtt/__init__.py", "");
  runtime.FS.writeFile("/lib/umqtt/simple.py", STAND_IN);
  for (const name of ["message.json", "message.bin", "message.txt"]) {
    try { runtime.FS.writeFile(name, readFileSync(name)); } catch { /* this sample reads no such file */ }
  }
  const before = printed.length;
  runtime.runPython(readFileSync(file, "utf8"));
  runtime.runPython("try:\n    subscribe()\nexcept KeyboardInterrupt:\n    pass");
  runtime.runPython("import json, umqtt.simple\ncalls = json.dumps(umqtt.simple.calls)");
  const calls = JSON.parse(runtime.globals.get("calls"));
  for (const { topic, payload, qos, retain } of calls.filter((call) => call.payload)) {
    await carrier.publishAsync(Buffer.from(topic).toString(), Buffer.from(payload), { qos, retain });
  }
  return [...calls, ...printed.slice(before)];
}

console.log = (...words) => (whose.getStore() ?? printed).push(words);
const carrier = await mqtt.connectAsync(wanted.url);
const found = [];
for (const sample of wanted.samples) {
  found.push(await (wanted.language === "javascript" ? javascript(sample) : micropython(sample, carrier)));
}
process.stdout.write(JSON.stringify(found) + "\n", () => process.exit(0));

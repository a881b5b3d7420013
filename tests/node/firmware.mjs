// Runs firmware in MicroPython: node firmware.mjs FOLDER MODULE, with config.json in the folder it is started in.
// FOLDER holds the package as it is copied to the board; MODULE is what main.py imports. What the firmware prints is printed.
// STAND-INS, for what a board has and this interpreter has not: board/machine.py (pins), board/umqtt/simple.py (network)
// and board/entropy.py (random bytes).
// A line on standard input changes what the sensors of the board say: {"battery_mv": 6000, "clock_ms": 1000}.
import { randomInt } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const [folder, module] = process.argv.slice(2);
const { port1: own, port2: other } = new MessageChannel();
const signal = new Int32Array(new SharedArrayBuffer(4));
const carrier = new Worker(new URL("carrier.mjs", import.meta.url), { workerData: { port: other, signal }, transferList: [other] });
const sensors = { battery_mv: 7800, clock_ms: 0 };

// The interpreter has no event loop of its own while firmware runs, so each request waits here for its answer.
globalThis.carry = (request) => {
  Atomics.store(signal, 0, 0);
  own.postMessage(request);
  Atomics.wait(signal, 0, 0);
  const { answer, read } = receiveMessageOnPort(own).message;
  Object.assign(sensors, read);
  return answer;
};
globalThis.randomByte = () => randomInt(256);
globalThis.batteryMillivolts = () => sensors.battery_mv;

// Waiting is looking at the clock until it is time: that each look takes a millisecond leaves the processor to others.
const nap = new Int32Array(new SharedArrayBuffer(4));
const now = Date.now;
Date.now = () => {
  Atomics.wait(nap, 0, 0, 1);
  return now() + sensors.clock_ms;
};

function copy(runtime, from, to) {
  if (statSync(from).isDirectory()) {
    runtime.FS.mkdirTree(to);
    for (const name of readdirSync(from)) if (name !== "__pycache__") copy(runtime, join(from, name), `${to}/${name}`);
  } else {
    runtime.FS.writeFile(to, readFileSync(from));
  }
}

const runtime = await loadMicroPython({ stdout: (line) => console.log(line), linebuffer: true });
copy(runtime, new URL("board", import.meta.url).pathname, "/lib");
copy(runtime, folder, "/firmware");
if (existsSync("config.json")) copy(runtime, "config.json", "/config.json");
try {
  runtime.runPython(`import sys, entropy\nsys.path.append("/firmware")\nimport ${module}`);
} catch (error) {
  console.error(error.message);
}
process.exit(1);

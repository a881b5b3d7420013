// The network of firmware.mjs: takes what the board asks of a broker, one request at a time, and carries it with MQTT.js.
// Answers {answer, read}: `answer` is JSON ({error} when it failed), `read` what the sensors of the board say.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { workerData } from "node:worker_threads";
import mqtt from "mqtt";

const { port, signal } = workerData;
const read = {};
let client = null;
let incoming = [];

const bytes = (hex) => Buffer.from(hex, "hex");
const requests = {
  async connect({ server, port, will, ...options }) {
    client?.end(true);
    incoming = [];
    const last = will && { ...will, topic: bytes(will.topic).toString(), payload: bytes(will.payload) };
    const settings = { ...options, will: last, host: server, port, protocolVersion: 4, reconnectPeriod: 0, clean: true };
    client = await mqtt.connectAsync({ ...settings, protocol: "mqtt", connectTimeout: 10000 }, false);
    client.on("message", (topic, payload) => incoming.push([Buffer.from(topic).toString("hex"), payload.toString("hex")]));
    client.on("error", () => {});
  },
  async subscribe({ topic, qos }) {
    await client.subscribeAsync(bytes(topic).toString(), { qos });
  },
  async publish({ topic, payload, qos, retain }) {
    await client.publishAsync(bytes(topic).toString(), bytes(payload), { qos, retain });
  },
  async look() {
    return incoming.shift() ?? null;
  },
  async disconnect() {
    await client.endAsync();
  },
};

async function answered({ what, ...about }) {
  if (what !== "connect" && !client?.connected) return { error: "connection lost" };
  try {
    const lost = what === "connect" ? [] : [new Promise((_, fail) => client.once("close", () => fail(Error("connection lost"))))];
    return { value: await Promise.race([requests[what](about), ...lost]) };
  } catch (error) {
    return { error: String(error.message || error.code), refused: typeof error.code === "number" };
  }
}

createInterface({ input: createReadStream(null, { fd: 0 }) }).on("line", (line) => Object.assign(read, JSON.parse(line)));
port.on("message", async (request) => {
  port.postMessage({ answer: JSON.stringify(await answered(JSON.parse(request))), read });
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});

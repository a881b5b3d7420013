// Reads {parse: [paths], read: [paths]} from standard input and answers with JSON:
// parse: what the official AsyncAPI parser says about each file; read: each file as a YAML 1.2 reader sees it, with types kept.
import { readFileSync } from "node:fs";
import parserModule from "@asyncapi/parser";
import YAML from "yaml";

const { Parser } = parserModule;

function typed(value) {
  if (typeof value === "bigint") return ["int", value.toString()];
  if (typeof value === "number") return ["float", Number.isFinite(value) ? JSON.stringify(value) : String(value)];
  if (value instanceof Map) return ["map", [...value].map(([key, item]) => [typed(key), typed(item)])];
  if (Array.isArray(value)) return ["list", value.map(typed)];
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  return ["other", String(value)];
}

function read(path) {
  const text = readFileSync(path, "utf8");
  return typed(YAML.parse(text, { version: "1.2", intAsBigInt: true, mapAsMap: true, uniqueKeys: true, maxAliasCount: 0 }));
}

async function diagnostics(parser, path) {
  const result = await parser.parse(readFileSync(path, "utf8"), { source: path });
  const found = result.diagnostics.map(({ code, severity, path: place, message }) => ({ code, severity, place, message }));
  if (!result.document && found.length === 0) found.push({ code: "no-document", severity: 0, place: [], message: "nothing was read" });
  return found;
}

const wanted = JSON.parse(readFileSync(0, "utf8"));
const answer = { parse: {}, read: {} };
for (const path of wanted.read ?? []) {
  try {
    answer.read[path] = { value: read(path) };
  } catch (error) {
    answer.read[path] = { error: String(error.message) };
  }
}
if (wanted.parse?.length) {
  const parser = new Parser();
  for (const path of wanted.parse) answer.parse[path] = await diagnostics(parser, path);
}
process.stdout.write(JSON.stringify(answer));

/**
 * Two players of the worker, in one Pyodide under Node.js, against each other on virtual time.
 *
 * What the browser's worker runs is run here as it is (`client/src/worker/player.ts`, bundled by
 * the client's own Vite); only clock, timers and channels are simulated. Prints one JSON object.
 *
 *     node soak.mjs --client ../../client --package ../../src/peergym --pyodide FOLDER
 *         --python EXE --frames 36000 --marks 6000,36000 [--force-rollback 8] [--matches 10]
 */

import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { importFromClient } from "./bundle.mjs";

const LATENCY_MS = 40;
const HOLD_ACTION_FRAMES = 7;

const { values } = parseArgs({
  options: {
    client: { type: "string" },
    package: { type: "string" },
    pyodide: { type: "string" },
    python: { type: "string" },
    frames: { type: "string", default: "6000" },
    marks: { type: "string", default: "" },
    "force-rollback": { type: "string", default: "0" },
    matches: { type: "string", default: "1" },
  },
});
const client = resolve(values.client);
const helpers = pathToFileURL(join(client, "scripts", "pyodide_package.mjs")).href;
const { loadWithPackage, packPackage } = await import(helpers);
const { Player } = await importFromClient(client, "src/worker/player.ts");
const { zip } = packPackage(resolve(values.package), values.python);
const { pyodide } = await loadWithPackage(resolve(values.pyodide), zip);
const module = pyodide._module;
module.enable_pyproxy_allocation_tracing();

/** Timers and time of the whole world. */
class World {
  nowMs = 1000;
  timers = new Map();
  nextTimer = 1;

  setTimer(run, delayMs, owner = "world") {
    this.timers.set(this.nextTimer, { atMs: this.nowMs + Math.max(delayMs, 0), run, owner });
    return this.nextTimer++;
  }

  clearTimer(timer) {
    this.timers.delete(timer);
  }

  /** Run the timer that is due next. */
  step() {
    let first = null;
    for (const [id, timer] of this.timers) {
      if (first === null || timer.atMs < this.timers.get(first).atMs) first = id;
    }
    const { atMs, run } = this.timers.get(first);
    this.timers.delete(first);
    this.nowMs = Math.max(this.nowMs, atMs);
    run();
  }
}

const world = new World();
const sides = [0, 1].map((peer) => ({ peer, frames: 0, match: 0, events: [], checksums: {} }));
const gauges = () => ({
  proxies: module.pyproxy_alloc_map.size,
  wasmBytes: module.HEAPU8.buffer.byteLength,
  objects: liveObjects(),
  timers: [...world.timers.values()].filter(({ owner }) => owner === "player").length,
});

const open = pyodide.pyimport("peergym.hosts.pyodide");
for (const side of sides) {
  side.player = new Player({
    now: () => world.nowMs,
    setTimer: (run, delayMs) => world.setTimer(run, delayMs, "player"),
    clearTimer: (timer) => world.clearTimer(timer),
    wasmMemoryBytes: () => module.HEAPU8.buffer.byteLength,
    post: (message) => hear(side, message),
  });
  side.player.attach(open.open_host("pong", "digest"));
}
open.destroy();

const marks = values.marks.split(",").filter(Boolean).map(Number);
const result = { marks: [], afterMatches: [], secondsPerThousandFrames: [] };
for (let match = 0; match < Number(values.matches); match += 1) {
  playMatch(match, Number(values.frames) / Number(values.matches));
  for (const side of sides) side.player.handle({ type: "stop" });
  result.afterMatches.push(gauges());
}
const [mine, theirs] = sides.map((side) => side.checksums);
const common = Object.keys(mine).filter((frame) => frame in theirs);
result.frames = sides[0].frames;
result.virtualSeconds = world.nowMs / 1000;
result.lastEvents = sides.map((side) => side.events.slice(-6));
result.checksumsCompared = common.length;
result.checksumsDiffering = common.filter((frame) => mine[frame] !== theirs[frame]).length;
result.rollbacks = sides.map((side) => side.rollbacks);
result.failures = sides.flatMap((side) => side.failures ?? []);
result.eventNames = [...new Set(sides.flatMap((side) => side.events))].sort();
console.log(JSON.stringify(result));

function playMatch(number, frames) {
  for (const side of sides) {
    const { player, peer } = side;
    side.match = number;
    player.handle({
      type: "match",
      localPeer: peer,
      flags: {
        forceRollbackFrames: Number(values["force-rollback"]),
        record: false,
        plantedDesyncFrame: 0,
      },
      match: {
        match_id: `soak-${number}`,
        seed: String(1234567 + number),
        owners: [0, 1],
        options: {},
        input_delay: 0,
        checksum_interval_frames: 30,
      },
    });
    for (const channel of ["input", "control", "bulk"]) {
      player.handle({ type: "hop_open", peer: 1 - peer, channel });
    }
  }
  const until = sides[0].frames + frames;
  let startMs = performance.now();
  let counted = sides[0].frames;
  const giveUpMs = world.nowMs + 60_000 + frames * 40; // twice the time it should take
  while (sides[0].frames < until && world.nowMs < giveUpMs) {
    const before = sides[0].frames;
    world.step();
    if (sides.some((side) => side.failures)) return;
    if (sides[0].frames === before) continue;
    if (marks.includes(sides[0].frames)) result.marks.push({ frame: sides[0].frames, ...gauges() });
    if (sides[0].frames - counted === 1000) {
      result.secondsPerThousandFrames.push((performance.now() - startMs) / 1000);
      counted = sides[0].frames;
      startMs = performance.now();
    }
  }
}

function hear(side, message) {
  const other = sides[1 - side.peer];
  switch (message.type) {
    case "hop_data": {
      const arrive = { ...message, peer: side.peer };
      world.setTimer(() => other.player.handle(arrive), LATENCY_MS);
      break;
    }
    case "frame":
      side.frames += 1;
      if (side.frames % HOLD_ACTION_FRAMES === 0) {
        const action = ((side.frames * 2654435761 + side.peer * 97) >>> 8) % 3;
        side.player.handle({ type: "action", seat: side.peer, action });
      }
      break;
    case "event":
      side.events.push(message.event.name);
      // Not within the call that told it.
      if (message.event.name === "EpisodeEnded") {
        world.setTimer(() => side.player.handle({ type: "ready" }), 0);
      }
      break;
    case "checksums":
      for (const [frame, sum] of message.pairs) {
        side.checksums[`${side.match}:${message.episode}:${frame}`] = sum;
      }
      break;
    case "statistics":
      side.rollbacks = message.rollbacks;
      break;
    case "failed":
      side.failures = [message.message];
      break;
  }
}

function liveObjects() {
  const gc = pyodide.pyimport("gc");
  gc.collect();
  const objects = gc.get_objects();
  const count = objects.length;
  objects.destroy();
  gc.destroy();
  return count;
}

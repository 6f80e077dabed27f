/** The worker's entry: boots Python, and hands every message to the player. */

import type { BootMessage, FromWorker, ToWorker } from "../shared/messages";
import type { ReplayToWorker } from "../shared/replay_messages";
import { boot } from "./boot";
import { Player } from "./player";
import { serverSocket } from "./relay_socket";
import { ReplayPlayer } from "./replay_player";

/** The part of a dedicated worker's scope that is used; the types at hand are those of a page. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer: Transferable[]): void;
}

const scope = self as unknown as WorkerScope;
/** Added to this worker's clock it gives the page's; known when the page boots us, first of all. */
let originMs = 0;
let wasmMemoryBytes = () => 0;

function post(message: FromWorker, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

function failed(during: "boot" | "play", error: unknown): void {
  post({ type: "failed", during, message: error instanceof Error ? error.message : String(error) });
}

const player = new Player({
  now: () => performance.now() + originMs,
  setTimer: (run, delayMs) => Number(setTimeout(run, delayMs)),
  clearTimer: (timer) => clearTimeout(timer),
  post,
  wasmMemoryBytes: () => wasmMemoryBytes(),
  makeSocket: serverSocket,
});

let replays: ReplayPlayer | null = null;
/** What was asked for before Python was there. */
const early: ReplayToWorker[] = [];

function isOfReplay(message: ToWorker): message is ReplayToWorker {
  return message.type === "replay_open" || message.type === "replay_show";
}

async function start({ manifest, pageTimeOriginMs }: BootMessage): Promise<void> {
  originMs = performance.timeOrigin - pageTimeOriginMs;
  const booted = await boot(manifest, (stage, fraction) =>
    post({ type: "progress", stage, fraction }),
  );
  wasmMemoryBytes = booted.wasmMemoryBytes;
  post(booted.message);
  player.attach(booted.host);
  replays = new ReplayPlayer(booted.openReplay, {
    now: () => performance.now(),
    rest: () => new Promise((resolve) => setTimeout(resolve, 0)),
    post,
  });
  for (const message of early.splice(0)) replays.handle(message);
}

scope.onmessage = ({ data }) => {
  if (data.type === "boot") {
    start(data).catch((error: unknown) => failed("boot", error));
    return;
  }
  try {
    if (!isOfReplay(data)) player.handle(data);
    else if (replays !== null) replays.handle(data);
    else early.push(data);
  } catch (error) {
    failed("play", error);
  }
};

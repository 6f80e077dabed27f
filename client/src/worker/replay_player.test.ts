import type { PyProxy } from "pyodide/ffi";
import { expect, test } from "vitest";
import type { ReplayFromWorker } from "../shared/replay_messages";
import { ReplayPlayer } from "./replay_player";

const LAST = 1000;

/** Stands for Python: a replay whose frames take a millisecond each. */
class FakePython {
  nowMs = 0;
  problem = "";
  position = -1;
  readonly told: ReplayFromWorker[] = [];
  private rests: (() => void)[] = [];
  readonly player: ReplayPlayer;

  constructor(opening = { problem: "" }) {
    const bytes = (content: number[]) => ({
      getBuffer: () => ({ data: new Uint8Array(content), release: () => undefined }),
      destroy: () => undefined,
    });
    const playback = {
      work: (position: number, steps: number) => this.work(position, steps),
      picture: (player: number) => bytes([player, this.position % 256]),
      effects: () => '{"started":[{"id":1,"name":"hit"}],"stopped":[],"confirmed":[]}',
      take_differing: () => "[]",
      destroy: () => undefined,
      episode: 0,
    };
    for (const name of ["position", "problem", "frame"] as const) {
      const get = () => (name === "problem" ? this.problem : this.position);
      Object.defineProperty(playback, name, { get });
    }
    const host = {
      allocate: () => undefined,
      buffer: bytes([0, 0, 0]),
      open: () => JSON.stringify({ positions: LAST + 1, ...opening }),
      playback: { copy: () => playback },
      destroy: () => undefined,
    };
    this.player = new ReplayPlayer(() => host as unknown as PyProxy, {
      now: () => this.nowMs,
      rest: () => new Promise((resolve) => this.rests.push(resolve)),
      post: (message) => this.told.push(message),
    });
  }

  open(): void {
    this.player.handle({ type: "replay_open", bytes: new ArrayBuffer(3) });
  }

  show(position: number, isHeard = false): void {
    this.player.handle({ type: "replay_show", position, player: 1, isHeard });
  }

  /** Let it go on after a rest. */
  async goOn(): Promise<void> {
    this.rests.shift()?.();
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  }

  shown(): number[] {
    return this.told.flatMap((each) => (each.type === "replay_shown" ? [each.position] : []));
  }

  private work(position: number, steps: number): boolean {
    if (position === 666) throw new Error("the game broke");
    if (position < this.position) this.position = 0;
    const done = Math.min(steps, position - this.position);
    this.position += done;
    this.nowMs += done;
    return this.position === position;
  }
}

test("a near position is shown at once", () => {
  const python = new FakePython();
  python.open();
  python.show(3, true);
  const [opened, shown] = python.told;
  expect(opened).toMatchObject({ type: "replay_opened", problem: "" });
  expect(shown).toMatchObject({ type: "replay_shown", position: 3, player: 1 });
  if (shown?.type === "replay_shown") {
    expect([...new Uint8Array(shown.list)]).toEqual([1, 3]);
    expect(shown.effects.started).toHaveLength(1);
  }
});

test("what is not to be heard is not heard later either", () => {
  const python = new FakePython();
  python.open();
  python.show(3);
  expect(python.told[1]).toMatchObject({ effects: { started: [], confirmed: [] } });
});

test("a far position is told of on the way, and a newer wish replaces it", async () => {
  const python = new FakePython();
  python.open();
  python.show(900);
  for (let slice = 0; slice < 12; slice += 1) await python.goOn();
  expect(python.shown()).toEqual([]);
  expect(python.told.filter(({ type }) => type === "replay_seeking").length).toBeGreaterThan(0);
  const reached = python.position;
  python.show(reached + 5);
  await python.goOn();
  expect(python.shown()).toEqual([reached + 5]);
  await python.goOn();
  expect(python.shown()).toEqual([reached + 5]);
});

test("it arrives wherever it is sent", async () => {
  const python = new FakePython();
  python.open();
  python.show(900);
  while (python.shown().length === 0) await python.goOn();
  python.show(100);
  while (python.shown().length === 1) await python.goOn();
  expect(python.shown()).toEqual([900, 100]);
});

test("what goes wrong in Python is told, and another position can be asked for", () => {
  const python = new FakePython();
  python.open();
  python.show(666);
  expect(python.told.at(-1)).toEqual({ type: "replay_stuck", problem: "the game broke" });
  python.problem = "frame 5: no state of this game";
  python.show(2);
  expect(python.told.at(-1)).toEqual({ type: "replay_stuck", problem: python.problem });
  python.problem = "";
  python.show(3);
  expect(python.shown()).toEqual([3]);
});

test("a file that cannot be played is answered by a sentence, and nothing is shown", () => {
  const python = new FakePython({ problem: "it is damaged" });
  python.open();
  python.show(3);
  expect(python.told).toEqual([{ type: "replay_opened", problem: "it is damaged", replay: null }]);
});

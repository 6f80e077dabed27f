import { expect, test } from "vitest";
import { type RawSocket, RelaySocket } from "./relay_socket";

class FakeSocket implements RawSocket {
  binaryType = "";
  readyState = 0;
  bufferedAmount = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: number[] = [];
  closedWith: number | null = null;

  send(data: Uint8Array<ArrayBuffer>): void {
    this.sent.push(data[0] ?? -1);
  }

  close(code?: number): void {
    this.closedWith = code ?? 0;
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  break(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

/** A relay on a clock that the test sets. */
function makeRelay() {
  const clock = { nowMs: 0 };
  const sockets: FakeSocket[] = [];
  const states: boolean[] = [];
  const frames: number[][] = [];
  const refused: number[] = [];
  const timers: { run: () => void; delayMs: number }[] = [];
  const relay = new RelaySocket(
    {
      now: () => clock.nowMs,
      setTimer: (run, delayMs) => timers.push({ run, delayMs }),
      clearTimer: () => timers.splice(0),
      makeSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
    },
    {
      onState: (open) => states.push(open),
      onFrame: (data) => frames.push([...data]),
      onRefused: () => refused.push(sockets.length),
    },
  );
  const newest = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
  const pause = (): number => {
    const timer = timers.pop();
    timer?.run();
    return timer?.delayMs ?? -1;
  };
  return { clock, relay, sockets, states, frames, refused, timers, newest, pause };
}

test("a lost socket is followed by another, after a pause that grows to two seconds", () => {
  const { relay, newest, states, pause } = makeRelay();
  relay.open("/relay");
  newest().accept();
  newest().break();
  const pauses = [0, 1, 2, 3, 4].map(() => {
    const pauseMs = pause();
    newest().break();
    return pauseMs;
  });
  expect(pauses).toEqual([250, 500, 1000, 2000, 2000]);
  expect(states).toEqual([true, false]);
});

test("a socket that does not open in time is given up, and one that opens is left alone", () => {
  const { relay, sockets, states, timers, newest, pause } = makeRelay();
  relay.open("/relay");
  expect(pause()).toBe(8000);
  expect(sockets[0]?.closedWith).toBe(4000);
  expect(pause()).toBe(250);
  expect(sockets.length).toBe(2);
  newest().accept();
  expect(timers.length).toBe(0);
  expect(states).toEqual([true]);
  sockets[0]?.accept();
  expect(states).toEqual([true]);
});

test("a socket that has lasted is followed soon", () => {
  const { clock, relay, newest, pause } = makeRelay();
  relay.open("/relay");
  newest().break();
  pause();
  newest().accept();
  clock.nowMs = 6000;
  newest().break();
  expect(pause()).toBe(250);
});

test("a refused token is told of each time, and a lost socket is not taken for one", () => {
  const { relay, newest, refused, pause } = makeRelay();
  relay.open("/relay");
  for (const code of [1006, 4003, 1012, 4003]) {
    newest().accept();
    newest().break(code);
    pause();
  }
  expect(refused).toEqual([2, 4]);
});

test("a datagram that cannot leave soon is skipped, and a message never", () => {
  const { relay, newest } = makeRelay();
  relay.open("/relay");
  expect(relay.send(Uint8Array.of(3))).toBe(false);
  newest().accept();
  newest().bufferedAmount = 20_000;
  for (const kind of [2, 6, 3, 4]) relay.send(Uint8Array.of(kind));
  expect(newest().sent).toEqual([3, 4]);
  expect(relay.skipped).toBe(2);
});

test("what comes from a socket that was given up counts no more", () => {
  const { relay, sockets, frames, states, newest, pause } = makeRelay();
  relay.open("/relay");
  newest().accept();
  newest().onmessage?.({ data: Uint8Array.of(1, 2).buffer });
  relay.reopen();
  expect(sockets[0]?.onmessage).toBeNull();
  expect(sockets[0]?.closedWith).toBe(4000);
  pause();
  newest().accept();
  expect(frames).toEqual([[1, 2]]);
  expect(states).toEqual([true, false, true]);
});

test("who leaves says so by the code, and opens no other", () => {
  const { relay, sockets, timers, states } = makeRelay();
  relay.open("/relay");
  sockets[0]?.accept();
  relay.close();
  expect(sockets[0]?.closedWith).toBe(1000);
  expect([sockets.length, timers.length]).toEqual([1, 0]);
  expect(states).toEqual([true]);
});

// Runs in the thread that holds the game, before the game's own script: notes when each datagram
// of channel `input` was due to leave, and when each arrived. Only listens.
//
// A datagram is due at the nominal time of the frame it was sent with. That time is in the message
// with the frame's picture, which leaves in the same task. Datagrams are known by their bytes: they
// carry a time stamp, so no two of a few seconds are equal.
//
// All times are milliseconds since 1970, so that those of two pages can be compared.
const due = {};
const arrived = {};
let inThisTask = [];

const wallMs = (atMs) => performance.timeOrigin + atMs;
const nameOf = (data) => Array.from(new Uint8Array(data), (byte) => byte.toString(16)).join(" ");

function noteSent(data) {
  if (inThisTask.length === 0) queueMicrotask(() => (inThisTask = []));
  inThisTask.push(nameOf(data));
}

function noteFrame(timeMs, pageTimeOriginMs) {
  for (const name of inThisTask) due[name] ??= pageTimeOriginMs + timeMs;
}

function noteArrived(data) {
  arrived[nameOf(data)] ??= wallMs(performance.now());
}

// Channels that are used in this thread.
const onmessage = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, "onmessage");
const send = RTCDataChannel.prototype.send;
function stampChannels() {
  RTCDataChannel.prototype.send = function (data) {
    if (this.label === "input") noteSent(data.slice());
    send.call(this, data);
  };
  Object.defineProperty(RTCDataChannel.prototype, "onmessage", {
    ...onmessage,
    set(handle) {
      const stamped = (event) => {
        if (this.label === "input") noteArrived(event.data);
        handle.call(this, event);
      };
      onmessage.set.call(this, handle && stamped);
    },
  });
}

// What the game's thread and the page tell each other.
function noteFromGame(message, pageTimeOriginMs) {
  if (message.type === "hop_data" && message.channel === "input") noteSent(message.data);
  if (message.type === "frame") noteFrame(message.timeMs, pageTimeOriginMs);
}

function noteToGame(message) {
  if (message.type === "hop_data" && message.channel === "input") noteArrived(message.data);
}

new BroadcastChannel("stamps").onmessage = ({ data, target }) => {
  if (data !== "clear" && data !== "report") return;
  if (data === "report") target.postMessage({ due, arrived });
  for (const stamps of [due, arrived]) for (const name of Object.keys(stamps)) delete stamps[name];
};

// Runs before the page's own scripts: notes when each stage of the start is reached, in
// milliseconds since the navigation. Only listens; the page knows nothing of it.
window.startMarks = {};
const mark = (name, atMs = performance.now()) => {
  window.startMarks[name] ??= atMs;
};
const STAGES = { start: "downloaded", import: "loaded", warm_up: "imported" };

window.Worker = class extends Worker {
  constructor(...options) {
    super(...options);
    mark("page");
    this.addEventListener("message", ({ data }) => {
      if (data.type === "progress" && data.stage in STAGES) mark(STAGES[data.stage]);
      else if (data.type === "booted") mark("booted");
      else if (data.type === "frame") mark("received");
      else if (data.type === "peer_link" && data.open) mark("linked");
      else if (data.type === "event" && data.event.name === "PeerConnected") mark("greeted");
      else if (data.type === "event" && data.event.name === "EpisodeStarted") mark("started");
    });
  }
};
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    this.addEventListener("connectionstatechange", () => {
      if (this.connectionState === "connected") mark("connected");
    });
  }
};

function watch() {
  const mirror = window.peergym;
  if (mirror && mirror.screen !== "loading") mark("described");
  if (mirror?.localPeer !== null && mirror?.localPeer !== undefined) mark("seated");
  if (window.startMarks.received && mirror.framesDrawn > 0) mark("drawn");
  else requestAnimationFrame(watch);
}
requestAnimationFrame(watch);

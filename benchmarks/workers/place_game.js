// Runs before the page's own scripts, after a line that sets PLACE and STAMPS (the text of
// stamp_inputs.js). Puts the stamps into the thread that holds the game; with PLACE "page" that is
// the page itself: the very script of the worker runs there, and keeps the channels there.
const RealWorker = Worker;
const scriptOf = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

function stampedWorker(url, options) {
  const stamps = scriptOf(`${STAMPS}
    const post = self.postMessage.bind(self);
    let pageTimeOriginMs = 0;
    self.addEventListener("message", ({ data }) => {
      pageTimeOriginMs = data.pageTimeOriginMs ?? pageTimeOriginMs;
      noteToGame(data);
    });
    self.postMessage = (message, transfer) => {
      noteFromGame(message, pageTimeOriginMs);
      post(message, transfer);
    };
    stampChannels();
  `);
  return new RealWorker(scriptOf(`import "${stamps}"; import "${url}";`), options);
}

class WorkerInPage {
  onmessage = null;
  constructor(url) {
    new Function("worker", `${STAMPS}
      stampChannels();
      window.postMessage = (message) => {
        noteFromGame(message, performance.timeOrigin);
        queueMicrotask(() => worker.onmessage?.({ data: message }));
      };
    `)(this);
    this.loaded = import(url);
  }
  postMessage(message) {
    this.loaded = this.loaded.then(() => window.onmessage({ data: message }));
  }
}

window.Worker = function (url, options) {
  return PLACE === "page" ? new WorkerInPage(url) : stampedWorker(url, options);
};

window.takeStamps = (order) =>
  new Promise((resolve) => {
    const channel = new BroadcastChannel("stamps");
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data);
    };
    channel.postMessage(order);
    if (order === "clear") resolve(null);
  });

// A page that is busy for 30 of every 50 ms.
let work;
window.beBusy = (isBusy) => {
  clearInterval(work);
  if (!isBusy) return;
  work = setInterval(() => {
    const endMs = performance.now() + 30;
    while (performance.now() < endMs);
  }, 50);
};

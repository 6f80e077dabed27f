"""Scripts that are put into a page before its own, to count what it does."""

from __future__ import annotations

from tests.browser.pages import Person

WORKER_TRAFFIC = """
(() => {
  const counts = {};
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (message, ...rest) {
    counts[message.type] = (counts[message.type] ?? 0) + 1;
    return post.call(this, message, ...rest);
  };
  window.sentToWorker = counts;
})();
"""
"""Counts the messages to workers by type."""


def sent_to_worker(person: Person, kind: str) -> int:
    """How many messages of a type the page has sent to its worker."""
    return int(person.page.evaluate("kind => window.sentToWorker[kind] ?? 0", kind))

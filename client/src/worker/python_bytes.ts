/** Bytes into Python and out of it, for what is too rare or too large for the mailbox. */

import type { PyBuffer, PyProxy } from "pyodide/ffi";

/** Copy bytes into a bytearray of Python. */
export function fillBytes(proxy: PyBuffer, bytes: Uint8Array): void {
  const view = proxy.getBuffer("u8");
  (view.data as Uint8Array).set(bytes);
  view.release();
  proxy.destroy();
}

/** Take bytes out of Python. */
export function takeBytes(proxy: PyProxy): ArrayBuffer {
  const view = (proxy as PyBuffer).getBuffer("u8");
  const bytes = (view.data as Uint8Array).slice().buffer as ArrayBuffer;
  view.release();
  proxy.destroy();
  return bytes;
}

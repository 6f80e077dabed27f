/** The server refused a request, or did not answer it. */
export class SignallingError extends Error {
  /**
   * @param code One of the server's codes (`wrong_code`, `room_full`, ...), or `server_unreachable`.
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

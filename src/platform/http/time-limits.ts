/** From the first byte of a connection or request to the end of its head. */
export const HEADERS_TIMEOUT_MS = 5_000;
/** To the end of its body. */
export const REQUEST_TIMEOUT_MS = 15_000;
/** Node looks for requests that are over time only this often; its default is 30 s. */
export const CHECK_INTERVAL_MS = 1_000;

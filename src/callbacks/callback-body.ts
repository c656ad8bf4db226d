import type { ParamList } from '../plivo/index.js';

/** `2026-11-22 19:03:07+00:00`, the form of Plivo's other session events. */
export function eventTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
}

/** `application/x-www-form-urlencoded`; the query string of a GET is the same text. */
export function formEncoded(params: ParamList): string {
  return new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
}

export function formDecoded(body: string): ParamList {
  return [...new URLSearchParams(body)];
}

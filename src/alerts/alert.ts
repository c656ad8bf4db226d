/** What operators can be told of; the name is stored in subscriptions and never changed. */
export const ALERT_TYPES = [
  /** Sent when a pool has no more than a fifth of its numbers to spare, or has refused a session: once an hour, account and country. */
  'pool.low',
  /** Sent when a virtual number falls back to one PIN guess a minute. */
  'pin.attack',
  /** Sent when a callback receiver is paused, and when it takes callbacks again. */
  'receiver.paused',
  /** Sent when an account has spent what it may in a day. */
  'spend.cap',
  /** Sent when ten webhooks of an account have been refused within a minute: every ten minutes as long as it goes on. */
  'webhooks.refused',
  /** Sent when a job has been given up: once a minute, kind and account. */
  'job.parked',
  /** Sent when several requests in a row for one account got no answer from Plivo, and when it answers again. */
  'plivo.unreachable',
  /** Sent when a recount has found statistics that are not what their calls come to. */
  'recount.different',
] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** Asked for by an operator, whatever the subscription wants. */
export const TEST_ALERT = 'subscription.test';

/** Ids, counts and virtual numbers; never a party's number, a PIN, a token or a recording's URL. */
export type AlertData = Record<string, string | number | boolean | null>;

/** What is sent, as JSON. Equal on every attempt. */
export interface Alert {
  type: AlertType | typeof TEST_ALERT;
  /** Also the `webhook-id`. */
  id: string;
  /** When it came about, ISO 8601. */
  at: string;
  /** Auth ID; null for what is no single account's. */
  account: string | null;
  data: AlertData;
}

/** For how long the same is not told again, in milliseconds; a minute where nothing is said. */
export const QUIET_MS: Partial<Record<AlertType, number>> = {
  'pool.low': 3_600_000,
  'webhooks.refused': 600_000,
};
export const LEAST_QUIET_MS = 60_000;

/** When webhooks of a minute that were refused have come to so many that somebody should look. */
export class WebhooksRefused {
  static readonly eventName = 'webhooks.refused';
  constructor(
    /** Null: their paths name no account. */
    readonly accountId: string | null,
    /** First instant of the minute. */
    readonly minute: number,
    /** So far. */
    readonly count: number,
  ) {}
}

/** When several requests in a row for one account got no answer from Plivo. */
export class PlivoUnreachable {
  static readonly eventName = 'plivo.unreachable';
  constructor(
    readonly accountId: string | null,
    readonly failures: number,
  ) {}
}

/** When Plivo has answered for an account that it was unreachable for. */
export class PlivoReached {
  static readonly eventName = 'plivo.reached';
  constructor(
    readonly accountId: string | null,
    /** When it was found unreachable. */
    readonly since: number,
  ) {}
}

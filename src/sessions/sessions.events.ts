import type { ExpiredSession, SessionRecord } from './session-record.js';

/** When a session was made, in the transaction that makes it. */
export class SessionOpened {
  static readonly eventName = 'session.opened';
  constructor(
    readonly session: SessionRecord,
    /** Whether the first party is to be called now. */
    readonly isCallRequested: boolean,
  ) {}
}

/** When sessions of another system were taken over: all of them at once, in the transaction that makes them. */
export class SessionsImported {
  static readonly eventName = 'sessions.imported';
  constructor(
    readonly accountId: string,
    readonly sessions: readonly SessionRecord[],
  ) {}
}

/** When a live session was changed by an update or renewed by a create of the same pair. */
export class SessionUpdated {
  static readonly eventName = 'session.updated';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly isRenewal: boolean,
    readonly isCallRequested: boolean,
    /** Digits. */
    readonly virtualNumber: string,
  ) {}
}

/** When an update or a renewal names another URL, or another method, at which the session's events are told. */
export class CallbackUrlsChanged {
  static readonly eventName = 'callback-urls.changed';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
  ) {}
}

/** When the index of a party's phone has changed, because the rules that say which spellings are one phone have. */
export class PartyReindexed {
  static readonly eventName = 'party.reindexed';
  constructor(
    readonly accountId: string,
    /** Keyed indexes. */
    readonly before: string,
    readonly after: string,
  ) {}
}

/** When sessions ended because their time was over, in the transaction that notes it: many at once, as they fall due. */
export class SessionsExpired {
  static readonly eventName = 'sessions.expired';
  constructor(readonly sessions: readonly ExpiredSession[]) {}
}

/** When a session ended: once, in the transaction that ends it. */
export class SessionEnded {
  static readonly eventName = 'session.ended';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly how: 'expired' | 'deleted',
    /** Milliseconds since 1970: the expiry, or the moment of the delete. */
    readonly endedAt: number,
  ) {}
}

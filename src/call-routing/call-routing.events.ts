/** When a call was answered with an order to connect it. */
export class CallStarted {
  static readonly eventName = 'call.started';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly callerRole: 'first' | 'second',
  ) {}
}

/** When the called party was first known to have answered. */
export class PartyAnswered {
  static readonly eventName = 'party.answered';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly role: 'first' | 'second',
  ) {}
}

/** When a party's leg was first known to have ended. */
export class PartyHungUp {
  static readonly eventName = 'party.hung-up';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly role: 'first' | 'second',
    readonly legUuid: string,
  ) {}
}

/** When a conversation was first known to be over: its A leg has ended. */
export class CallEnded {
  static readonly eventName = 'call.ended';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
  ) {}
}

/** When the outcome of a call's PIN question is known: once a call. */
export class PinChecked {
  static readonly eventName = 'pin.checked';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly outcome: 'success' | 'failed',
    /** Attempts that failed. */
    readonly failures: number,
  ) {}
}

/** When an attempt at a callback was noted, or it was parked without one. */
export class CallbackTried {
  static readonly eventName = 'callback.tried';
  constructor(
    readonly accountId: string,
    readonly callbackId: string,
  ) {}
}

/** When a customer's server has failed for five days and is tried no more. */
export class ReceiverPaused {
  static readonly eventName = 'receiver.paused';
  constructor(
    readonly accountId: string,
    /** As in `GET /admin/receivers`. */
    readonly receiverId: string,
  ) {}
}

/** When a server that had been paused has taken a callback again. */
export class ReceiverRecovered {
  static readonly eventName = 'receiver.recovered';
  constructor(
    readonly accountId: string,
    readonly receiverId: string,
  ) {}
}

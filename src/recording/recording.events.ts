/** When both parties of a call that is recorded have answered. */
export class RecordingStarted {
  static readonly eventName = 'recording.started';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly recordingId: string,
  ) {}
}

/** When a recording can be fetched from us. */
export class RecordingReady {
  static readonly eventName = 'recording.ready';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly recordingId: string,
  ) {}
}

/** When it is known that an answered call has no recording to hear. One that turns up at Plivo later is still fetched and becomes ready. */
export class RecordingFailed {
  static readonly eventName = 'recording.failed';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    readonly callId: string,
    readonly recordingId: string,
  ) {}
}

/** When a customer has deleted a recording. */
export class RecordingDeleted {
  static readonly eventName = 'recording.deleted';
  constructor(
    readonly accountId: string,
    readonly recordingId: string,
    /** Auth ID in whose name it was asked. */
    readonly deletedBy: string,
    readonly requestId: string,
  ) {}
}

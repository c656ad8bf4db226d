/** Sends what a party of a session has written, in its order. */
export const FORWARD = 'texts.forward';
/** Finds out what became of texts of unknown outcome, of one account. */
export const SETTLE = 'texts.settle';
/** Reads Plivo's own record of a text that came in before anything is done about it. */
export const VERIFY = 'texts.verify';
/** Reads Plivo's own record of a text that was sent, because of a report that nothing vouches for. */
export const CONFIRM = 'texts.confirm';
/** Reads Plivo's records of texts that have come to their end, of one account, for what they cost. */
export const PRICE = 'texts.price';

/** Reads Plivo's list for texts of one account, or subaccount at Plivo, that it could not tell us of. */
export const SWEEP = 'texts.sweep';

/** Reads Plivo's own record of a text for when STOP or START was written. */
export const DATE_WORD = 'texts.date-word';

/** Sends a sentence of ours. */
export const SEND_NOTICE = 'texts.notice';

/** One party's texts in one session: they reach the other party in the order in which they were taken. */
export interface TextLane {
  accountId: string;
  sessionId: string;
  senderRole: 'first' | 'second';
}

export function laneKey({ sessionId, senderRole }: TextLane): string {
  return `${FORWARD}:${sessionId}:${senderRole}`;
}

export function settleKey(accountId: string): string {
  return `${SETTLE}:${accountId}`;
}

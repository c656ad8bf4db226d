import { extendHold } from '../number-pool/index.js';
import { Contended, type Tx } from '../platform/database/database.js';
import type { SessionRecord } from './session-record.js';

/** From when on others may be lent a session's place on its number, if it lives to its expiry. */
export function holdEnd(session: Pick<SessionRecord, 'expiresAt' | 'settings'>): number {
  return session.expiresAt + session.settings.virtual_number_cooloff_period * 1000;
}

/** Makes a session hold its number until its new end. */
export async function holdToEnd(tx: Tx, session: SessionRecord): Promise<void> {
  const isHeld = await extendHold(tx, {
    sessionId: session.id,
    virtualNumberId: session.virtualNumberId,
    partyIndexes: [session.firstIndex, session.secondIndex].filter((index) => index !== null),
    freeAfter: holdEnd(session),
  });
  // Its time passed between the read and here and somebody else has the number: the next try finds it ended.
  if (!isHeld) throw new Contended();
}

import { extendHold } from '../number-pool/index.js';
import { DAY_MS } from '../platform/clock.js';
import { Contended, type Database, type Tx } from '../platform/database/database.js';
import type { MaskingSession, SessionParties, SessionSettings } from './session.entity.js';

/** What of a session says which places it holds, and until when. */
type Holding = Pick<
  MaskingSession,
  'id' | 'virtualNumberId' | 'firstIndex' | 'secondIndex' | 'expiresAt' | 'modifiedAt'
> & { parties: SessionParties; settings: SessionSettings };

/** Plivo brings a text again for 420 s after it was written: that late, it finds nobody else in its sender's place. */
const TEXTS_COOLOFF_SECONDS = 900;

/** Up to a day after it was written, one of Plivo's pages says: by then nobody may take what was for somebody else. */
export const LATE_TEXT_MS = DAY_MS;

/** How long a session's places on its number stay its own after its end, in milliseconds. */
export function cooloffMs({ virtual_number_cooloff_period: asked, messaging_since }: SessionSettings): number {
  return (messaging_since === undefined ? asked : Math.max(asked, TEXTS_COOLOFF_SECONDS)) * 1000;
}

/** From when on others may be lent a session's place on its number, if it lives to its expiry. */
export function holdEnd(session: Pick<Holding, 'expiresAt' | 'settings'>): number {
  return session.expiresAt + cooloffMs(session.settings);
}

/** How many places a session has among what answers for strangers on its number, its file for unknown callers not counted: that is in nobody's way. */
function strangerClaimsOf({ parties, settings }: Holding): { strangerClaims: number; isOpen: boolean } {
  const pins = [parties.firstPin, parties.secondPin].filter((pin) => pin !== null).length;
  const isOpen = !settings.is_pin_authentication_required && (parties.first === null || parties.second === null);
  return { strangerClaims: isOpen ? 1 : pins, isOpen };
}

/** Makes a session hold its number until its new end. */
export async function holdToEnd(tx: Tx, database: Database, session: Holding): Promise<void> {
  const isHeld = await extendHold(tx, database, {
    sessionId: session.id,
    virtualNumberId: session.virtualNumberId,
    partyIndexes: [session.firstIndex, session.secondIndex].filter((index) => index !== null),
    ...strangerClaimsOf(session),
    freeAfter: holdEnd(session),
    now: session.modifiedAt,
  });
  // Its time passed between the read and here and somebody else has the number: the next try finds it ended.
  if (!isHeld) throw new Contended();
}

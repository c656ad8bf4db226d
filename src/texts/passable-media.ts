import type { CallSettings } from '../accounts/index.js';
import { hasMedia } from '../number-pool/index.js';
import type { Route } from '../sessions/index.js';
import type { Tx } from '../platform/database/database.js';
import type { E164 } from '../telephony/phone.js';
import { takesMedia } from '../telephony/text-reach.js';

/** Addresses of what came with a text and may be passed on: where the account wants it, the number can, and it reaches whom the text is for. */
export async function passableMedia(
  tx: Tx,
  { accountId, media }: { accountId: string; media: readonly string[] },
  {
    settings,
    virtualNumber,
    party,
  }: { settings: Pick<CallSettings, 'messaging_media'>; virtualNumber: E164 | null; party: Route | null },
): Promise<readonly string[]> {
  if (!settings.messaging_media || media.length === 0 || virtualNumber === null || party === null) return [];
  const { first, second } = party.session.parties;
  const to = (party.role === 'first' ? second : first) as E164 | null;
  if (to === null || !takesMedia(to)) return [];
  return (await hasMedia(tx, accountId, virtualNumber)) ? media : [];
}

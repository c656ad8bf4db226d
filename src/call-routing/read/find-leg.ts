import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { FindSession, type SessionFace } from '../../sessions/index.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { exists, selection } from '../../platform/database/rows.js';
import { CALLS } from '../call.entity.js';
import { legsByUuid, type Leg } from '../facts/legs.js';
import { legInWords } from '../facts/call-outcome.js';

const CALL = selection(CALLS.pick(['kind', 'aLegUuid']));

export interface FoundSessionLeg {
  leg: Leg & ReturnType<typeof legInWords>;
  /** `request`: the A leg is one that we placed. */
  kind: 'inbound' | 'request';
  /** Of B legs, the A leg that dialled them. */
  aLegUuid: string;
  session: SessionFace;
}

/** Whether an account has any call, refused ones and lone legs included. */
export async function hasCalls(manager: EntityManager, accountId: string): Promise<boolean> {
  if (await exists(manager, 'FROM masked_call WHERE account_id = ? LIMIT 1', [accountId])) return true;
  return exists(manager, 'FROM call_leg WHERE account_id = ? LIMIT 1', [accountId]);
}

/** Plivo's CallUUID of a call's first leg; null of a call that nobody knows any more. */
export async function legUuidOf(manager: EntityManager, callId: string): Promise<string | null> {
  const [call] = await CALL.read(manager, 'FROM masked_call WHERE id = ?', [callId]);
  return call?.aLegUuid ?? null;
}

/** One leg of a masking session, by Plivo's CallUUID, as far as its owner may see it. Refuses all others alike. */
@Injectable()
export class FindLeg {
  constructor(
    private readonly database: Database,
    private readonly findSession: FindSession,
  ) {}

  async run(owner: { accountId: string; subaccountId: string | null }, legUuid: string): Promise<FoundSessionLeg> {
    const found = await this.database.read(async (manager) => {
      const leg = (await legsByUuid(manager, owner.accountId, [legUuid])).get(legUuid);
      if (!leg?.sessionId) return null;
      const [call] = await CALL.read(manager, 'FROM masked_call WHERE id = ?', [leg.callId]);
      return call ? { leg, sessionId: leg.sessionId, ...call } : null;
    });
    if (!found) throw new NotFound();
    const { leg, sessionId, ...call } = found;
    const session = await this.findSession.run(owner, sessionId);
    return { leg: { ...leg, ...legInWords(leg) }, ...call, session };
  }

  /** Our id of the call that an account's leg belongs to. */
  async callOf(manager: EntityManager, accountId: string, legUuid: string): Promise<string | null> {
    return (await legsByUuid(manager, accountId, [legUuid])).get(legUuid)?.callId ?? null;
  }
}

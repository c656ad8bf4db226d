import { Injectable } from '@nestjs/common';
import { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { legsOfCall, type Leg } from '../facts/legs.js';
import { callerPlace, dialledPlace, type MaskedCall } from '../call.entity.js';

/** All that is known of one conversation, opened. */
export interface CallFacts {
  callId: string;
  kind: MaskedCall['kind'];
  callerRole: 'first' | 'second';
  decision: MaskedCall['decision'];
  reason: string;
  /** E.164 digits; null when it was withheld. */
  caller: string | null;
  /** E.164 digits of the other party; null when nobody was dialled. */
  dialled: string | null;
  createdAt: number;
  connectedAt: number | null;
  /** Whether Plivo's records have told of every leg. */
  isReconciled: boolean;
  /** A first. */
  legs: Leg[];
}

interface Row {
  id: string;
  account_id: string;
  kind: MaskedCall['kind'];
  caller_role: 'first' | 'second' | null;
  decision: MaskedCall['decision'];
  reason: string;
  caller: string | null;
  dialled: string | null;
  created_at: number;
  connected_at: number | null;
  reconciled_at: number | null;
}

/** Reads a conversation's facts in the transaction that has just noted one. Null for a call that has no caller's role: nobody's conversation. */
@Injectable()
export class ReadCallFacts {
  constructor(private readonly crypto: Crypto) {}

  async run(tx: Tx, callId: string): Promise<CallFacts | null> {
    const [row] = (await tx.query(
      `SELECT id, account_id, kind, caller_role, decision, reason, caller, dialled, created_at, connected_at, reconciled_at
         FROM masked_call WHERE id = ?`,
      [callId],
    )) as Row[];
    if (!row?.caller_role) return null;
    const call = { callId, accountId: row.account_id };
    return {
      callId,
      kind: row.kind,
      callerRole: row.caller_role,
      decision: row.decision,
      reason: row.reason,
      caller: row.caller === null ? null : this.crypto.open(callerPlace(call), row.caller),
      dialled: row.dialled === null ? null : this.crypto.open(dialledPlace(call), row.dialled),
      createdAt: Number(row.created_at),
      connectedAt: row.connected_at === null ? null : Number(row.connected_at),
      isReconciled: row.reconciled_at !== null,
      legs: await legsOfCall(tx, callId),
    };
  }
}

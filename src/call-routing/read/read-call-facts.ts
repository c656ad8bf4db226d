import { Injectable } from '@nestjs/common';
import { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { legsOfCall, type Leg } from '../facts/legs.js';
import { callerPlace, CALLS, dialledPlace, type MaskedCall } from '../call.entity.js';

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

const CALL = selection(
  CALLS.pick([
    'accountId',
    'kind',
    'callerRole',
    'decision',
    'reason',
    'caller',
    'dialled',
    'createdAt',
    'connectedAt',
    'reconciledAt',
  ]),
);

/** Reads a conversation's facts in the transaction that has just noted one. Null for one of which nothing is told: without a caller's role it is nobody's conversation, and without anybody's number its people are erased. */
@Injectable()
export class ReadCallFacts {
  constructor(private readonly crypto: Crypto) {}

  async run(tx: Tx, callId: string): Promise<CallFacts | null> {
    const [row] = await CALL.read(tx, 'FROM masked_call WHERE id = ?', [callId]);
    if (!row?.callerRole) return null;
    const { accountId, caller, dialled, reconciledAt, callerRole, ...told } = row;
    if (caller === null && dialled === null) return null;
    const call = { callId, accountId };
    return {
      ...told,
      callId,
      callerRole,
      caller: caller === null ? null : this.crypto.open(callerPlace(call), caller),
      dialled: dialled === null || told.connectedAt === null ? null : this.crypto.open(dialledPlace(call), dialled),
      isReconciled: reconciledAt !== null,
      legs: await legsOfCall(tx, callId),
    };
  }
}

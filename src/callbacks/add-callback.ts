import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Contended, isDuplicate, type Tx } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { eventTime, formEncoded } from './callback-body.js';
import type { Target } from './callback-target.js';
import { bodyPlace, DELIVER, deliveryOf, urlPlace } from './deliver-callbacks.js';

export interface NewCallback {
  event: string;
  /** Milliseconds since 1970. */
  at: number;
  /** The call that tells it; it tells each event once. */
  callId: string | null;
  from: string;
  to: string;
  /** What stands beside the parameters that every callback has. */
  extra?: readonly (readonly [name: string, value: string])[];
}

/** Writes a callback into the transaction of the fact it tells, with the next number of its session's stream, and has it delivered. */
@Injectable()
export class AddCallback {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
  ) {}

  async run(tx: Tx, { session, stream, url, method }: Target, told: NewCallback): Promise<void> {
    const sequence = await nextSequence(tx, session.id, stream);
    const body = formEncoded([
      ['EventName', told.event],
      ['EventTimestamp', eventTime(told.at)],
      ['SessionUUID', session.id],
      ['From', told.from],
      ['To', told.to],
      ['VirtualNumber', session.virtualNumber],
      ...(told.extra ?? []),
      ['SequenceNumber', String(sequence)],
    ]);
    const id = newId();
    const now = this.clock.now();
    const { accountId } = session;
    await tx.query(
      `INSERT INTO callback (id, account_id, owner_id, session_id, call_id, stream, sequence, event, method, url, body, status, attempts, tries,
         outcome, next_attempt_at, created_at, settled_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, 0, NULL, ?, ?, NULL)`,
      [
        id,
        accountId,
        session.subaccountId ?? accountId,
        session.id,
        told.callId,
        stream,
        sequence,
        told.event,
        method,
        this.crypto.seal(urlPlace(id, accountId), url),
        this.crypto.seal(bodyPlace(id, accountId), body),
        now,
        now,
      ],
    );
    await this.jobs.enqueue(tx, DELIVER, ...deliveryOf(this.crypto, { sessionId: session.id, stream, accountId, url }));
  }
}

/** Gapless: the row stays locked until the transaction ends, and a transaction that fails takes its number back. */
async function nextSequence(tx: Tx, sessionId: string, stream: string): Promise<number> {
  const key = [sessionId, stream];
  const next = 'UPDATE callback_stream SET last_sequence = last_sequence + 1 WHERE session_id = ? AND stream = ?';
  if ((await change(tx, next, key)) === 0) {
    try {
      await tx.query('INSERT INTO callback_stream (session_id, stream, last_sequence) VALUES (?, ?, 1)', key);
      return 1;
    } catch (error) {
      throw isDuplicate(error) ? new Contended('another transaction has just begun this stream') : error;
    }
  }
  const [row] = (await tx.query(
    'SELECT last_sequence FROM callback_stream WHERE session_id = ? AND stream = ?',
    key,
  )) as { last_sequence: number }[];
  return Number(row?.last_sequence);
}

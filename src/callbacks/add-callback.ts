import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CALLBACK_STREAMS, CALLBACKS, type Stream } from './callback.entity.js';
import type { Target } from './callback-target.js';
import { formEncoded, type CallbackPayload } from './contract.js';
import { bodyPlace, DELIVER, deliveryOf, urlPlace } from './deliver-callbacks.js';

const LAST = selection(CALLBACK_STREAMS.pick(['lastSequence']));
const TOLD = selection(CALLBACKS.pick(['event']));

/** Writes a callback into the transaction of the fact it tells, with the next number of its session's stream, and has it delivered. */
@Injectable()
export class AddCallback {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
  ) {}

  async run(tx: Tx, { session, stream, url, method }: Target, payload: CallbackPayload): Promise<void> {
    const sequence = await nextSequence(tx, session.id, stream);
    const body = formEncoded(payload.parameters(session, sequence));
    const id = newId();
    const now = this.clock.now();
    const { accountId } = session;
    await CALLBACKS.insert(tx, {
      id,
      accountId,
      ownerId: session.subaccountId ?? accountId,
      sessionId: session.id,
      callId: payload.occasion.callId,
      stream,
      sequence,
      event: payload.event,
      method,
      url: this.crypto.seal(urlPlace(id, accountId), url),
      body: this.crypto.seal(bodyPlace(id, accountId), body),
      status: 'pending',
      attempts: 0,
      tries: 0,
      nextAttemptAt: now,
      createdAt: now,
    });
    await this.jobs.enqueue(tx, DELIVER, ...deliveryOf(this.crypto, { sessionId: session.id, stream, accountId, url }));
  }
}

/** What a call has told already. A story only grows, and what comes to pass a second time is told once. */
export async function eventsTold(tx: Tx, callId: string): Promise<Set<string>> {
  const told = await TOLD.read(tx, 'FROM callback WHERE call_id = ?', [callId]);
  return new Set(told.map(({ event }) => event));
}

/** Gapless: the row stays locked until the transaction ends, and a transaction that fails takes its number back. */
async function nextSequence(tx: Tx, sessionId: string, stream: Stream): Promise<number> {
  const key = [sessionId, stream];
  const next = 'UPDATE callback_stream SET last_sequence = last_sequence + 1 WHERE session_id = ? AND stream = ?';
  if ((await change(tx, next, key)) === 0) {
    await orStartOver(CALLBACK_STREAMS.insert(tx, { sessionId, stream, lastSequence: 1 }));
    return 1;
  }
  const [last] = await LAST.read(tx, 'FROM callback_stream WHERE session_id = ? AND stream = ?', key);
  if (!last) throw new Error('expected the stream that was just counted on');
  return last.lastSequence;
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { marks, selection } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CALLBACK_STREAMS, CALLBACKS, type Stream } from './callback.entity.js';
import type { Target, ToldSession } from './callback-target.js';
import { formEncoded, type CallbackPayload } from './contract.js';
import { bodyPlace, DELIVER, deliveryOf, urlPlace } from './deliver-callbacks.js';

const LAST = selection(CALLBACK_STREAMS.pick(['lastSequence']));
const LASTS = selection(CALLBACK_STREAMS.pick(['sessionId', 'lastSequence']));
const TOLD = selection(CALLBACKS.pick(['event']));

/** Writes a callback into the transaction of the fact it tells, with the next number of its session's stream, and has it delivered. */
@Injectable()
export class AddCallback {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
  ) {}

  async run(tx: Tx, target: Target<ToldSession>, payload: CallbackPayload): Promise<void> {
    const { session, stream, url } = target;
    const sequence = await nextSequence(tx, session.id, stream);
    await CALLBACKS.insert(tx, this.rowOf(target, payload, sequence));
    const delivery = { sessionId: session.id, stream, accountId: session.accountId, url };
    await this.jobs.enqueue(tx, DELIVER, ...deliveryOf(this.crypto, delivery));
  }

  /** One callback each of many sessions, all on the stream `status`: thousands fall due at once, and each alone takes five statements. */
  async ofMany(tx: Tx, told: readonly { target: Target<ToldSession>; payload: CallbackPayload }[]): Promise<void> {
    if (told.length === 0) return;
    const sequences = await nextSequences(
      tx,
      this.database,
      told.map(({ target }) => target.session.id),
    );
    await CALLBACKS.insert(
      tx,
      told.map(({ target, payload }) => this.rowOf(target, payload, sequences.get(target.session.id) ?? 1)),
    );
    await this.jobs.enqueueAll(
      tx,
      DELIVER,
      told.map(({ target: { session, stream, url } }) => {
        const delivery = { sessionId: session.id, stream, accountId: session.accountId, url };
        const [payload, when] = deliveryOf(this.crypto, delivery);
        return { payload, ...when };
      }),
    );
  }

  private rowOf({ session, stream, url, method }: Target<ToldSession>, payload: CallbackPayload, sequence: number) {
    const body = formEncoded(payload.parameters(session, sequence));
    const id = newId();
    const now = this.clock.now();
    const { accountId } = session;
    return {
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
    } as const;
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

/** As `nextSequence`, of the stream `status` of each of these sessions. */
async function nextSequences(tx: Tx, database: Database, sessionIds: string[]): Promise<Map<string, number>> {
  const those = `WHERE session_id IN (${marks(sessionIds)}) AND stream = 'status'`;
  const counted = `UPDATE callback_stream ${database.byPrimaryKey} SET last_sequence = last_sequence + 1 ${those}`;
  const known =
    (await change(tx, counted, sessionIds)) === 0
      ? []
      : await LASTS.read(tx, `FROM callback_stream ${those}`, sessionIds);
  const sequences = new Map(known.map(({ sessionId, lastSequence }) => [sessionId, lastSequence]));
  const begun = sessionIds
    .filter((sessionId) => !sequences.has(sessionId))
    .map((sessionId) => ({ sessionId, stream: 'status' as const, lastSequence: 1 }));
  await orStartOver(CALLBACK_STREAMS.insert(tx, begun));
  for (const { sessionId } of begun) sequences.set(sessionId, 1);
  return sequences;
}

import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../test/support/ground.js';
import { CallEnded } from '../call-routing/index.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { FollowCall } from './follow-call.js';
import { RECORDINGS, type Recording } from './recording.entity.js';

describeOnEachDatabase('when a call has ended, its recording', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await database.transaction(async (tx) => {
      for (const table of ['recording', 'job']) await tx.query(`DELETE FROM ${table}`);
    });
  });

  it.each<[looks: number, known: Partial<Recording>]>([
    [1, { status: 'ordered' }],
    [1, { status: 'recording' }],
    // Deleted while it was recorded: Plivo has it all the same, and its webhook may be lost.
    [1, { status: 'deleting' }],
    [1, { status: 'deleted' }],
    [0, { status: 'deleted', plivoIndex: 'named' }],
    [0, { status: 'fetching', plivoIndex: 'named' }],
    [0, { status: 'ready', plivoIndex: 'named' }],
  ])('is looked for at Plivo %i times where it is %j', async (looks, known) => {
    const { sessions, jobs } = callsOn(database);
    const { clock, events } = sessions;
    new FollowCall(clock, events, jobs).onModuleInit();
    const [sessionId, callId] = [newId(), newId()];
    const made = { id: newId(), accountId: ACCOUNT, format: 'mp3', attempts: 0, createdAt: clock.now() } as const;
    await database.transaction(async (tx) => {
      await RECORDINGS.insert(tx, { ...made, sessionId, callId, status: 'ready', ...known });
      await events.publish(tx, new CallEnded(ACCOUNT, sessionId, callId));
    });
    const found = await database.read((manager) =>
      manager.query<unknown[]>("SELECT 1 FROM job WHERE kind = 'recordings.look'"),
    );
    expect(found).toHaveLength(looks);
  });
});

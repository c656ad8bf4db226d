import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { clearSessions } from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import type { Interaction } from './interaction.entity.js';
import {
  chargeCall,
  isInProgress,
  noteInteraction,
  noteRecording,
  openInteraction,
  readInteractions,
} from './interactions.js';

const [SESSION, OTHER] = ['0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e01', '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e02'];

describeOnEachDatabase('the conversations of a session', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(() => clearSessions(database));

  const begin = (id: string, known: Partial<Interaction> & { role?: 'first' | 'second' } = {}): Promise<void> =>
    database.transaction((tx) =>
      openInteraction(tx, {
        id,
        sessionId: SESSION,
        startedAt: 1000,
        busyUntil: 9000,
        role: 'first',
        legUuid: 'leg',
        ...known,
      }),
    );
  const read = async (sessionIds = [SESSION]): Promise<Map<string, Interaction[]>> =>
    database.read((manager) => readInteractions(manager, sessionIds));
  const only = async (): Promise<Interaction> => (await read()).get(SESSION)![0]!;

  it('begin with the leg of who called, by its role, and nothing else', async () => {
    await begin('c');
    expect(await only()).toEqual({
      id: 'c',
      sessionId: SESSION,
      startedAt: 1000,
      endedAt: null,
      busyUntil: 9000,
      firstLegUuid: 'leg',
      secondLegUuid: null,
      firstStatus: null,
      secondStatus: null,
      legCount: 1,
      duration: 0,
      billedDuration: 0,
      amount: 0,
      ownAmount: null,
      recordingId: null,
    });
    await clearSessions(database);
    await begin('c', { role: 'second' });
    expect(await only()).toMatchObject({ firstLegUuid: null, secondLegUuid: 'leg' });
  });

  it('are read for several sessions at once, each in the order in which they started', async () => {
    await begin('b', { startedAt: 2000 });
    await begin('a', { startedAt: 3000 });
    await begin('d', { startedAt: 1000 });
    await begin('c', { startedAt: 2000 });
    await begin('x', { sessionId: OTHER });
    await begin('y', { sessionId: 'third' });
    const found = await read([SESSION, OTHER]);
    expect([...found].map(([id, list]) => [id, list.map((one) => one.id)]).sort()).toEqual([
      [SESSION, ['d', 'b', 'c', 'a']],
      [OTHER, ['x']],
    ]);
    expect([...(await read([]))]).toEqual([]);
  });

  it('are in progress while one has no end, until it may hold the session no longer', async () => {
    const isOn = (now: number, session = SESSION) => database.transaction((tx) => isInProgress(tx, session, now));
    expect(await isOn(5000)).toBe(false);
    await begin('c');
    expect([await isOn(8999), await isOn(9000), await isOn(5000, OTHER)]).toEqual([true, false, false]);
    await database.transaction(async (tx) =>
      noteInteraction(tx, { ...(await readInteractions(tx, [SESSION])).get(SESSION)![0]!, endedAt: 2000 }),
    );
    expect(await isOn(5000)).toBe(false);
  });

  it('take up facts, charges and a recording, each of its own call', async () => {
    await begin('c');
    await begin('d', { sessionId: OTHER });
    const before = (await read([OTHER])).get(OTHER);
    const conversation = await only();
    await database.transaction(async (tx) => {
      await chargeCall(tx, 'c', 1500);
      await noteRecording(tx, 'c', 'recording');
      const { ownAmount: _own, recordingId: _recording, ...told } = conversation;
      await noteInteraction(tx, { ...told, amount: 8500, secondStatus: 'busy' });
    });
    expect(await only()).toEqual({
      ...conversation,
      amount: 8500,
      secondStatus: 'busy',
      ownAmount: 1500,
      recordingId: 'recording',
    });
    expect((await read([OTHER])).get(OTHER)).toEqual(before);
  });
});

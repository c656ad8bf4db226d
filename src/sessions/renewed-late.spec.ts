import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase, isAnyWaiting, LOOK_MS } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, sessionsOn, usNumbers } from '../../test/support/ground.js';
import { AccountSettings } from '../accounts/index.js';
import { ChangeNumber, RemoveNumber } from '../number-pool/index.js';
import type { Database, Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { createLogger } from '../platform/logging/logger.js';
import { SessionUpdated } from './sessions.events.js';

const EXPIRY_SECONDS = 60;
const OTHER_SESSION = '01a2309a-0000-7000-8000-000000000001';
const SUBACCOUNT = 'SATESTTESTTESTTEST00';
const numbers = usNumbers(2);
const pair = { first_party: party(1), second_party: party(2), session_expiry: EXPIRY_SECONDS };

// On SQLite transactions come one after the other.
describeOnEachDatabase('a session that is renewed as its time runs out', (open, kind) => {
  const onTwoConnections = kind === 'sqlite' ? it.skip : it;
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, numbers);
    sessions = sessionsOn(database);
  });

  const remove = (): Promise<unknown> => {
    const { clock, config } = sessions;
    const jobs = new Jobs(database, clock, config, createLogger({ level: 'silent', format: 'json' }));
    const useCase = new RemoveNumber(database, jobs, clock, new AccountSettings(database, clock, config));
    return database.transaction((tx) => useCase.run(tx, numbers[0]!));
  };
  const move = async (): Promise<unknown> => {
    await database.transaction(async (tx) => {
      await tx.query('DELETE FROM subaccount');
      await tx.query('INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES (?, ?, ?, ?)', [
        SUBACCOUNT,
        ACCOUNT,
        'Branch',
        0,
      ]);
    });
    const useCase = new ChangeNumber(database, sessions.clock);
    return database.transaction((tx) => useCase.run(tx, numbers[0]!, { subaccountId: SUBACCOUNT }));
  };
  const untilAnyWaits = async (orOver: Promise<unknown>): Promise<void> => {
    const isOver = orOver.then(
      () => true,
      () => true,
    );
    for (let is = false; !is && !(await isAnyWaiting(database));)
      is = await Promise.race([isOver, delay(LOOK_MS, false)]);
  };

  onTwoConnections.each([
    ['removed', remove],
    ['moved to a subaccount', move],
  ])(
    'keeps its number from being %s, also when its time was up before the renewal is committed',
    async (_, withdraw) => {
      await sessions.open(pair);
      sessions.clock.advance(EXPIRY_SECONDS * 1000 - 1);
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      const isRenewedButOpen = new Promise<void>((resolve) =>
        sessions.events.subscribe(SessionUpdated, async () => {
          resolve();
          await gate;
        }),
      );
      const renewed = sessions.open(pair);
      await isRenewedButOpen;
      sessions.clock.advance(1);
      const withdrawn = withdraw();
      await untilAnyWaits(withdrawn);
      goOn();

      expect(await renewed).toMatchObject({ renewals: 1 });
      await expect(withdrawn).rejects.toMatchObject({ code: 'number_in_use' });
    },
  );

  describe('and whose strangers another session answers by the time that its own places are held', () => {
    const withPins = {
      is_pin_authentication_required: true,
      first_party_pin: '1234',
      second_party_pin: '4321',
      pin_prompt_play: 'https://customer.example/prompt.mp3',
    };
    const ofOne = { first_party: party(1), create_session_with_single_party: true, session_expiry: EXPIRY_SECONDS };
    const ofOther = { ...ofOne, first_party: party(3) };
    const ofTwo = { first_party: party(3), second_party: party(4), session_expiry: EXPIRY_SECONDS };

    beforeEach(async () => {
      await clearSessions(database);
      await addNumbers(database, usNumbers(1));
    });

    const giveAway = (tx: Tx): Promise<unknown> => {
      const now = sessions.clock.now();
      const taken = [OTHER_SESSION, now + EXPIRY_SECONDS * 1000, now];
      return tx.query('UPDATE pin_assignment SET session_id = ?, free_after = ? WHERE free_after <= ?', taken);
    };

    /** Runs a renewal up to where it holds its parties' places, gives what answers for strangers to another session as the time is up, and goes on. */
    const late = async (
      renew: () => Promise<unknown>,
      take: (tx: Tx) => Promise<unknown> = giveAway,
    ): Promise<unknown> => {
      sessions.clock.advance(EXPIRY_SECONDS * 1000 - 1);
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      let isHeld = (): void => undefined;
      const held = new Promise<void>((resolve) => (isHeld = resolve));
      const holding = database.transaction(async (tx) => {
        await tx.query('SELECT id FROM virtual_number FOR UPDATE');
        await tx.query('SELECT session_id FROM number_assignment FOR UPDATE');
        isHeld();
        await gate;
        await take(tx);
      });
      await held;
      const renewed = renew();
      await untilAnyWaits(renewed);
      sessions.clock.advance(1);
      goOn();
      await holding;
      return renewed;
    };

    onTwoConnections('has ended for a create, where it asks for PINs', async () => {
      await sessions.open({ ...pair, ...withPins });
      await expect(late(() => sessions.open({ ...pair, ...withPins }))).rejects.toMatchObject({
        code: 'pin_taken',
      });
    });

    onTwoConnections('has ended for an update, where strangers reach its one party', async () => {
      const { id } = await sessions.open(ofOne);
      await expect(late(() => sessions.update(id, { session_expiry: 600 }))).rejects.toMatchObject({
        message: 'Session already expired',
      });
    });

    onTwoConnections.each([
      ['strangers reach its one party, and another asks for PINs', ofOne, { ...ofTwo, ...withPins }],
      ['it asks for PINs, and strangers reach the one party of another', { ...pair, ...withPins }, ofOther],
    ])('has ended for an update, where %s', async (_, own, others) => {
      const { id } = await sessions.open(own);
      const renewed = late(
        () => sessions.update(id, { session_expiry: 600 }),
        (tx) => sessions.openIn(tx, others),
      );
      await expect(renewed).rejects.toMatchObject({ message: 'Session already expired' });
    });
  });

  onTwoConnections('is not renewed by a create that has waited for its row until its time was up', async () => {
    const session = await sessions.open(pair);
    sessions.clock.advance(EXPIRY_SECONDS * 1000 - 1);
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    let isHeld = (): void => undefined;
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const holding = database.transaction(async (tx) => {
      await tx.query('SELECT id FROM masking_session WHERE id = ? FOR UPDATE', [session.id]);
      isHeld();
      await gate;
    });
    await held;
    const again = sessions.open(pair);
    await untilAnyWaits(again);
    sessions.clock.advance(1);
    goOn();
    await holding;

    expect(await again).toMatchObject({ renewals: 0, expiresAt: session.expiresAt + EXPIRY_SECONDS * 1000 });
    expect((await again).id).not.toBe(session.id);
  });
});

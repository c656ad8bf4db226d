import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import { ProviderOutcomeUnknown } from '../plivo/index.js';

const [VIRTUAL = ''] = usNumbers(1);

class Killed extends Error {}

/** A process that is killed at its n-th step: before a transaction, behind its commit, before Plivo has read a request, or behind that. */
function mortal(database: Database, plivo: MessagePlivo, dieAt: number) {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps > dieAt) throw new Killed();
  };
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    step();
    const result = await work();
    step();
    return result;
  };
  const killable = Object.assign(Object.create(database) as Database, {
    transaction: (...work: Parameters<Database['transaction']>) => around(() => database.transaction(...work)),
  });
  const network = {
    ...plivo,
    sendMessage: (...order: Parameters<MessagePlivo['sendMessage']>) => around(() => plivo.sendMessage(...order)),
  };
  return { killable, network };
}

describeOnEachDatabase('texts of a process that is killed', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await database.transaction(async (tx) => {
      for (const table of ['text_message', 'text_forward']) await tx.query(`DELETE FROM ${table}`);
    });
    await addNumbers(database, [VIRTUAL]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT);
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
  });

  const forwards = () =>
    database.read<{ state: string; message_uuid: string | null; body: string | null }[]>((manager) =>
      manager.query('SELECT state, message_uuid, body FROM text_forward ORDER BY position'),
    );
  /** Another process takes over, and Plivo repeats what was not answered. */
  const recover = async (texts: ReturnType<typeof textTold>[]): Promise<void> => {
    const next = textsOn(database, clock, plivo);
    for (const text of texts) await next.receiveText.run(verifiedText(text), text);
    for (let minute = 0; minute < 20; minute += 1) {
      await next.jobs.runDue();
      clock.advance(60_000);
    }
  };

  it.each(Array.from({ length: 14 }, (_, dieAt) => dieAt))(
    'at step %i are sent once, or told as unconfirmed',
    async (dieAt) => {
      const { sessions } = textsOn(database, clock, plivo);
      const session = await sessions.open({ first_party: party(1), second_party: party(2), messaging: true });
      const texts = ['one', 'two'].map((text) => textTold(party(1), VIRTUAL, text));
      const { killable, network } = mortal(database, plivo, dieAt);
      const dying = textsOn(killable, clock, network);
      const life = async (): Promise<void> => {
        for (const text of texts) await dying.receiveText.run(verifiedText(text), text);
        await dying.forwardTexts.run({ accountId: ACCOUNT, sessionId: session.id, senderRole: 'first' });
      };
      await life().catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      await recover(texts);

      const told = plivo.sent.map(({ text }) => text);
      expect(new Set(told).size).toBe(told.length);
      const all = await forwards();
      expect(all).toHaveLength(2);
      const lost = all.filter(({ state }) => state === 'unconfirmed');
      expect(told.length + lost.length).toBe(2);
      for (const { state, message_uuid: uuid, body } of all) {
        expect(['sent', 'accepted', 'unconfirmed']).toContain(state);
        expect(uuid === null).toBe(state === 'unconfirmed');
        expect(body).toBeNull();
      }
      // One is lost where a process dies between writing that it is about to ask and asking; never more.
      expect(lost.length).toBeLessThanOrEqual(1);
      if (lost.length === 0) expect(told).toEqual(['one', 'two']);
    },
  );

  it('by two at once are sent once', async () => {
    const one = textsOn(database, clock, plivo);
    const other = textsOn(database, clock, plivo);
    const session = await one.sessions.open({ first_party: party(1), second_party: party(2), messaging: true });
    const texts = Array.from({ length: 6 }, (_, place) => textTold(party(1), VIRTUAL, `text ${place}`));
    await Promise.all(
      texts.flatMap((text) => [one, other, one].map((each) => each.receiveText.run(verifiedText(text), text))),
    );
    const lane = { accountId: ACCOUNT, sessionId: session.id, senderRole: 'first' as const };
    await Promise.allSettled([one, other, one].map((each) => each.forwardTexts.run(lane)));
    await recover(texts);
    const told = plivo.sent.map(({ text }) => text);
    expect(new Set(told).size).toBe(told.length);
    expect(await forwards()).toHaveLength(6);
  });

  it('of unknown outcome by the dozen are looked for ten times a minute at the most, and each is found', async () => {
    const { sessions, receiveText, jobs } = textsOn(database, clock, plivo);
    plivo.afterwards = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    for (let pair = 0; pair < 24; pair += 1) {
      const [first, second] = [party(100 + 2 * pair), party(101 + 2 * pair)];
      await sessions.open({ first_party: first, second_party: second, messaging: true, session_expiry: 7200 });
      const text = textTold(first, VIRTUAL, `text ${pair}`);
      await receiveText.run(verifiedText(text), text);
    }
    for (let second = 0; second < 400; second += 2) {
      await jobs.runDue();
      clock.advance(2000);
    }
    for (const [place, at] of plivo.looks.entries()) {
      const minute = plivo.looks.slice(place).filter((other) => other < at + 60_000);
      expect(minute.length).toBeLessThanOrEqual(10);
    }
    expect(new Set((await forwards()).map(({ state }) => state))).toEqual(new Set(['sent']));
    expect(plivo.sent).toHaveLength(24);
  });

  it('know what became of a text, also where the one behind it cannot be begun', async () => {
    const { sessions, receiveText, jobs } = textsOn(database, clock, plivo);
    await sessions.open({ first_party: party(1), second_party: party(2), messaging: true });
    for (const words of ['one', 'two']) {
      const text = textTold(party(1), VIRTUAL, words);
      await receiveText.run(verifiedText(text), text);
    }
    await database.transaction((tx) => tx.query("UPDATE text_forward SET body = 'not ours' WHERE position = 2"));
    await jobs.runDue();
    expect(plivo.sent.map(({ text }) => text)).toEqual(['one']);
    expect(await forwards()).toMatchObject([
      { state: 'accepted', message_uuid: plivo.sent[0]?.messageUuid, body: null },
      { state: 'pending', message_uuid: null },
    ]);
  });
});

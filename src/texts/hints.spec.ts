import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import { newRandomId } from '../platform/ids.js';
import type { MessageRecord } from '../plivo/index.js';
import { billedTexts } from './billed-texts.js';
import { textFigures } from './text-figures.js';

const [NUMBER = '', OTHER = ''] = usNumbers(2);
const [ANA, RAVI] = [party(1), party(2)];

describeOnEachDatabase('a text that V2 alone has told of, and no record confirmed in time', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: ReturnType<typeof textsOn>;
  let messageUuid: string;

  const rows = () =>
    database.read<Record<string, unknown>[]>((manager) =>
      manager.query('SELECT id, decision, reason, amount, price_at FROM text_message'),
    );
  const forwards = () =>
    database.read<Record<string, unknown>[]>((manager) => manager.query('SELECT state FROM text_forward'));
  const record = (more: Partial<MessageRecord> = {}): void => {
    const price = { units: 2, amountMicros: 11_000, carrierFeeMicros: 6000, errorCode: null };
    const facts = { direction: 'inbound' as const, from: ANA.slice(1), to: NUMBER, state: null };
    plivo.records.set(messageUuid, { messageUuid, at: clock.now(), ...facts, ...price, ...more });
  };
  const told = () => textTold(ANA, NUMBER, 'hello', { messageUuid, units: 2, amountMicros: 11_000 });
  const figures = async () => {
    const [text] = await rows();
    const id = String(text?.['id']);
    return database.read(async (manager) => {
      const { units, amount } = (await textFigures(manager, [id])).get(id) ?? {};
      return { units, amount, isBilled: (await billedTexts(manager, ACCOUNT, [messageUuid])).size === 1 };
    });
  };

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, [NUMBER, OTHER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT);
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
    messageUuid = newRandomId();
    await world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 86_400 });
    await world.receiveText.run(verifiedText({ messageUuid }, true), told());
    for (let second = 0; second <= 65; second += 5) {
      clock.advance(5000);
      await world.jobs.runDue();
    }
    expect(await rows()).toMatchObject([{ decision: 'refuse', reason: 'unverified' }]);
  });

  it('costs nothing, for anybody may have made it up', async () => {
    expect(await figures()).toEqual({ units: 0, amount: 0, isBilled: false });
  });

  it('costs what its record says once there is one', async () => {
    record();
    clock.advance(600_000);
    await world.priceTexts.run(ACCOUNT);
    expect(await figures()).toEqual({ units: 2, amount: 17_000, isBilled: true });
    expect(await rows()).toMatchObject([{ decision: 'refuse', reason: 'unverified', price_at: null }]);
    expect(await forwards()).toEqual([]);
  });

  it.each([
    ['another number', { to: OTHER }],
    ['a text that was sent', { direction: 'outbound' }],
  ] as const)('costs nothing by the record of %s', async (_, more) => {
    record(more);
    clock.advance(600_000);
    await world.priceTexts.run(ACCOUNT);
    expect(await figures()).toEqual({ units: 0, amount: 0, isBilled: false });
  });

  it('is passed on when V3 vouches for it after all, and by V2 again it is not', async () => {
    await world.receiveText.run(verifiedText({ messageUuid }, true), told());
    expect(await rows()).toMatchObject([{ decision: 'refuse', reason: 'unverified' }]);
    await world.receiveText.run(verifiedText({ messageUuid }), told());
    await world.jobs.runDue();
    expect(await rows()).toMatchObject([{ decision: 'forward', reason: null }]);
    expect(plivo.sent.map(({ to, text }) => [to, text])).toEqual([[RAVI.slice(1), 'hello']]);
  });
});

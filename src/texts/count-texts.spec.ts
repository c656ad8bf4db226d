import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import { newRandomId } from '../platform/ids.js';
import { ProviderBusy, ProviderOutcomeUnknown, ProviderRefused } from '../plivo/index.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI, STRANGER] = [party(1), party(2), party(9)];

describeOnEachDatabase('what becomes of texts', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], { text_notices: { stranger: 'Nobody here.' } }));
    await world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 7200 });
  });

  const write = async (from: string, isHint = false): Promise<void> => {
    const told = textTold(from, NUMBER, 'hello');
    await world.receiveText.run(verifiedText(told, isHint), told);
    await world.jobs.runDue();
  };
  const delivered = async (): Promise<void> => {
    const messageUuid = plivo.sent[0]?.messageUuid ?? '';
    const told = { messageUuid, state: 'delivered' as const, sequence: null, units: 1, amountMicros: 7000 };
    await world.noteReport.run(verifiedText({}), null, { ...told, errorCode: null });
  };
  /** Of a counter, each of its labels and how often. */
  const counted = async (name: string): Promise<Record<string, number>> => {
    const metric = await world.metrics.registry.getSingleMetric(name)?.get();
    const values = metric?.values ?? [];
    return Object.fromEntries(values.map(({ labels, value }) => [Object.values(labels).join(' ').trim(), value]));
  };

  it.each([
    ['masking_message_forwards_total', ANA, ''],
    ['masking_message_notices_total', STRANGER, 'stranger '],
  ])('is counted once for each state that it comes to: %s', async (name, from, of) => {
    await write(from);
    expect(await counted(name)).toEqual({ [`${of}accepted`]: 1 });
    for (let time = 0; time < 2; time += 1) await delivered();
    expect(await counted(name)).toEqual({ [`${of}accepted`]: 1, [`${of}delivered`]: 1 });
  });

  it.each([
    ['masking_message_forwards_total', ANA, ''],
    ['masking_message_notices_total', STRANGER, 'stranger '],
  ])('is counted once where it was refused, and where nobody will know: %s', async (name, from, of) => {
    plivo.mishap = () => new ProviderBusy(1);
    await write(from);
    expect(await counted(name)).toEqual({});
    plivo.mishap = () => new ProviderRefused(400, 'no');
    clock.advance(1000);
    await world.jobs.runDue();
    expect(await counted(name)).toEqual({ [`${of}rejected`]: 1 });
    plivo.mishap = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    await database.transaction((tx) => tx.query('DELETE FROM text_notice'));
    await write(from);
    expect(await counted(name)).toEqual({ [`${of}rejected`]: 1, [`${of}unknown`]: 1 });
    for (let minute = 0; minute < 15; minute += 1) {
      clock.advance(60_000);
      await world.jobs.runDue();
    }
    expect(await counted(name)).toEqual({ [`${of}rejected`]: 1, [`${of}unknown`]: 1, [`${of}unconfirmed`]: 1 });
  });

  it('is counted by what was decided, whoever has told of it', async () => {
    const texts = (): Promise<Record<string, number>> => counted('masking_messages_total');
    await write(ANA);
    await write(STRANGER);
    expect(await texts()).toEqual({ forward: 1, 'refuse stranger': 1 });
    await write(ANA, true);
    clock.advance(60_000);
    await world.jobs.runDue();
    expect(await texts()).toMatchObject({ wait: 1, 'refuse unverified': 1 });
    const untold = { messageUuid: newRandomId(), direction: 'inbound' as const, from: ANA.slice(1), to: NUMBER };
    const price = { units: 1, amountMicros: 5500, carrierFeeMicros: null, errorCode: null };
    plivo.untold.push({ ...untold, ...price, state: null, at: clock.now() });
    await world.sweepTexts.run({ accountId: ACCOUNT });
    expect(await texts()).toMatchObject({ 'refuse unheard': 1 });
  });

  it('is counted as dropped in an account without texts', async () => {
    await turnTextsOn(database, ACCOUNT, { texts: 'off' });
    world = textsOn(database, clock, plivo);
    await write(ANA);
    expect(await counted('masking_messages_total')).toEqual({ 'refuse off': 1 });
  });
});

import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import { TextTaken } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);

describeOnEachDatabase('how to reach somebody', (open) => {
  let database: Database;
  let plivo: MessagePlivo;
  let world: ReturnType<typeof textsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object): Promise<void> => {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT, settings);
    const clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
    await world.sessions.open({ first_party: party(1), second_party: party(2), messaging: true });
  };
  beforeEach(() => begin({ text_redaction: ['numbers', 'mails', 'links'] }));

  const write = async (text: string, isHint = false): Promise<void> => {
    const message = textTold(party(1), NUMBER, text);
    await world.receiveText.run(verifiedText(message, isHint), message);
  };
  const stored = async (): Promise<string> => {
    const rows = await database.read<Record<string, string | null>[]>((manager) =>
      manager.query('SELECT id, account_id, body FROM text_message WHERE body IS NOT NULL'),
    );
    const { crypto } = world.sessions;
    return rows
      .map(({ id, account_id: account, body }) =>
        crypto.open({ column: 'text_message.body', row: id ?? '', account: account ?? '' }, body ?? ''),
      )
      .join();
  };

  it('is taken out before a text is counted, told of and sent', async () => {
    const units: number[] = [];
    const words: string[] = [];
    world.sessions.events.subscribe(TextTaken, async (_, one) => {
      units.push(one.units);
      words.push(one.words);
    });
    await write(`I am ${party(1)}, you (415) 555 00 02, ana@shop.example, https://shop.example/${'x'.repeat(160)} ok`);
    await world.jobs.runDue();
    expect(plivo.sent.map(({ text }) => text)).toEqual(['I am ***, you ***, ***, *** ok']);
    expect(words).toEqual(['I am ***, you ***, ***, *** ok']);
    expect(units).toEqual([1]);
  });

  it('is kept nowhere while a text waits', async () => {
    await write(`my number is ${party(1)}`, true);
    expect(await stored()).toContain('my number is ***');
  });

  it('is passed on as it was written where nobody has it taken out', async () => {
    await begin({});
    const text = `I am ${party(1)}, ana@shop.example, https://shop.example/`;
    await write(text);
    await world.jobs.runDue();
    expect(plivo.sent.map((one) => one.text)).toEqual([text]);
  });
});

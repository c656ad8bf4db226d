import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../test/support/ground.js';
import { Accounts, Retention } from '../accounts/index.js';
import { LEGS } from '../call-routing/call.entity.js';
import { DAY_MS } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import { TimeZone } from '../platform/time-zone.js';
import { CompareInvoice, type InvoiceComparison } from './compare-invoice.js';

const HEADER = 'Call UUID,Call duration,Billed duration,Billed amount,End time\n';
/** Of the clock of these facts. */
const MONTH = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1) };

describeOnEachDatabase('comparing a call log', (open) => {
  let database: Database;
  let compareInvoice: CompareInvoice;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await database.transaction((tx) =>
      tx.query(
        'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
        [ACCOUNT, 'Some', ACCOUNT, 'sealed', 0],
      ),
    );
    const { clock, config } = callsOn(database).sessions;
    compareInvoice = new CompareInvoice(database, clock, new Accounts(), new Retention(database, config));
  });

  /** Ended legs of a minute, the nth at an instant and with a price of n. */
  const legs = (count: number, endedAt: (n: number) => number, accountId = ACCOUNT): Promise<void> =>
    database.transaction((tx) =>
      LEGS.insert(
        tx,
        Array.from({ length: count }, (_, n) => ({
          accountId,
          legUuid: uuidOf(n),
          side: 'A' as const,
          isAnswered: true,
          isConnected: false,
          isEnded: true,
          endedAt: endedAt(n),
          duration: 30,
          billedDuration: 60,
          amount: n,
        })),
      ),
    );
  const uuidOf = (n: number): string => `leg-${String(n).padStart(5, '0')}`;
  const lineOf = (n: number, endedAt = ''): string => `${uuidOf(n)},30,60,${(n / 1_000_000).toFixed(6)},${endedAt}\n`;
  async function* bytes(text: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }
  const compare = (lines: string[], zone = 'UTC'): Promise<InvoiceComparison> =>
    compareInvoice.run(
      { accountId: ACCOUNT, month: '2026-01', zone: TimeZone.named(zone)! },
      bytes(HEADER + lines.join('')),
    );

  it('finds a leg whose uuid the log has in capitals', async () => {
    await legs(1, () => MONTH.from);
    const uuid = 'aaaaaaaa-0000-4000-8000-00000000000b';
    await database.transaction((tx) => tx.query('UPDATE call_leg SET leg_uuid = ?', [uuid]));
    const found = await compare([`${uuid.toUpperCase()},30,60,0,\n`]);
    expect([found.equal, found.missingHere.legs, found.missingThere.legs]).toEqual([1, 0, 0]);
  });

  it.each([
    ['parted by semicolons', HEADER.replaceAll(',', ';'), 'expected columns parted by commas, not by semicolons'],
    ['parted by tabs', HEADER.replaceAll(',', '\t'), 'expected columns parted by commas, not by tabs'],
    ['in UTF-16', [...HEADER].join('\0'), 'expected text in UTF-8'],
    ['cut off', `${HEADER}leg-00000,30`, 'row 2 ends before the column Billed duration: is the file whole?'],
  ])('refuses one that is %s, and says so', async (_, text, problem) => {
    const zone = TimeZone.named('UTC')!;
    const compared = compareInvoice.run({ accountId: ACCOUNT, month: '2026-01', zone }, bytes(text));
    await expect(compared).rejects.toThrow(`the log cannot be compared: ${problem}`);
  });

  it.each([
    ['all at once', () => MONTH.from],
    ['one after the other', (n: number) => MONTH.from + n],
    ['many at each instant', (n: number) => MONTH.from + Math.floor(n / 300) * 1000],
  ])('counts each of many legs once that ended %s, and names the first thousand', async (_, endedAt) => {
    await legs(1234, endedAt);
    await legs(5, endedAt, 'MAOTHEROTHEROTHER000');

    const missing = await compare([]);
    expect(missing.missingThere).toMatchObject({ legs: 1234, billedSeconds: 1234 * 60, amount: (1233 * 1234) / 2 });
    expect(missing.missingThere.items).toHaveLength(1000);
    expect(missing.here).toEqual({ legs: 1234, billedSeconds: 1234 * 60, amount: (1233 * 1234) / 2 });

    const whole = await compare(Array.from({ length: 1234 }, (__, n) => lineOf(n)));
    expect(whole).toMatchObject({ equal: 1234, there: missing.here, here: missing.here });
    expect([whole.missingHere.legs, whole.missingThere.legs, whole.different.legs]).toEqual([0, 0, 0]);
  });

  it('asks for the legs of the month by the clocks of its zone', async () => {
    const ends = [MONTH.from - 5.5 * 3_600_000 - 1, MONTH.from - 5.5 * 3_600_000, MONTH.from, MONTH.to - 1];
    await legs(ends.length, (n) => ends[n]!);

    const missing = async (zone: string) => (await compare([], zone)).missingThere.items.map((leg) => leg.uuid);
    expect(await missing('UTC')).toEqual([uuidOf(2), uuidOf(3)]);
    expect(await missing('Asia/Kolkata')).toEqual([uuidOf(1), uuidOf(2)]);
  });

  it('tells what may have been deleted from what never was here, by when it ended or by the month', async () => {
    const { clock } = callsOn(database).sessions;
    const now = clock.now();
    const day = (days: number): string =>
      `${new Date(now - days * DAY_MS).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
    const found = await compare([lineOf(1, day(89)), lineOf(2, day(91)), lineOf(4)]);

    expect(found.missingHere).toMatchObject({ legs: 2, amount: 5 });
    expect(found.beforeRetention).toEqual({ legs: 1, billedSeconds: 60, amount: 2 });
  });

  it('takes what nobody has told for nothing', async () => {
    await legs(1, () => MONTH.from);
    await database.transaction((tx) =>
      LEGS.update(tx, { duration: null, billedDuration: null, amount: null }, 'WHERE leg_uuid = ?', [uuidOf(0)]),
    );
    expect(await compare([`${uuidOf(0)},0,,0.00000,\n`])).toMatchObject({ equal: 1 });
    expect((await compare([`${uuidOf(0)},0,60,0.00000,\n`])).different.items).toEqual([
      { uuid: uuidOf(0), row: 2, here: { billedDuration: 0 }, there: { billedDuration: 60 } },
    ]);
  });

  it('compares one at a time', async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(HEADER);
      await held;
    }
    const question = { accountId: ACCOUNT, month: '2026-01', zone: TimeZone.utc };
    const first = compareInvoice.run(question, slow());
    await expect(compareInvoice.run(question, bytes(HEADER))).rejects.toMatchObject({ kind: 'conflict' });
    go();
    await first;
    expect(await compareInvoice.run(question, bytes(HEADER))).toMatchObject({ equal: 0 });
  });

  it('refuses an account that there is not', async () => {
    const question = { accountId: 'MAUNKNOWNUNKNOWN0000', month: '2026-01', zone: TimeZone.utc };
    await expect(compareInvoice.run(question, bytes(HEADER))).rejects.toMatchObject({ kind: 'not-found' });
  });
});

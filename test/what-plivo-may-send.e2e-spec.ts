import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeOnEachService, type Service } from './support/service.js';
import { anyCharacter } from './support/any-character.js';

const SEED = 20260105;
const [AMY, BEN, VIRTUAL] = ['14155550123', '14155550124', '12025550001'];

const odd = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('a', ' ', '📞', '\u0000', '\r\n', '\u2028', '٣', '"<&'), maxLength: 300 }),
  fc.constantFrom('', ' ', '-1', '1e9', '1.2e-3', '1e400', 'NaN', 'None', '9'.repeat(40), `0.${'3'.repeat(40)}`),
  fc.constantFrom('0000-00-00 00:00:00', '1970-01-01 00:00:00', '9999-12-31 23:59:59', '2026-99-99 99:99:99'),
  fc.constantFrom('sip:amy@phone.plivo.com', 'anonymous', '+', `+${AMY}${AMY}`, 'x'.repeat(3000), '📞'.repeat(300)),
);
/** What every webhook of a call may carry beside what it is about. */
const anything = (names: string[]) => fc.dictionary(fc.constantFrom(...names), odd, { maxKeys: 8 });
const ofAnswer = anything(
  `
  Direction CallStatus RequestUUID STIRVerification STIRAttestation ForwardedFrom SessionStart CallerName
  BillRate CountryCode X-PH-Tag
`
    .trim()
    .split(/\s+/),
);
const ofEnd = anything(
  `
  From To Direction RequestUUID SessionStart StartTime AnswerTime EndTime Duration BillDuration TotalCost
  HangupCause HangupCauseCode HangupCauseName HangupSource
`
    .trim()
    .split(/\s+/),
);
const ofOtherLeg = anything(
  `
  DialBLegFrom DialBLegTo DialBLegPosition DialBLegDuration DialBLegBillDuration DialBLegTotalCost
  DialBLegHangupCause DialBLegHangupCauseCode DialBLegHangupCauseName DialBLegHangupSource SessionStart
  StartTime AnswerTime EndTime DialDigitsPressedBy
`
    .trim()
    .split(/\s+/),
);
const ofDialling = anything(['DialRingStatus', 'DialHangupCause', 'DialBLegUUID', 'From', 'To', 'Direction']);
const call = fc.record({
  answer: ofAnswer,
  otherLeg: ofOtherLeg,
  dialling: ofDialling,
  dialStatus: fc.constantFrom('completed', 'BUSY', 'exploded', 'x'.repeat(300)),
  end: ofEnd,
  /** Where the application has no hang-up URL of its own, and how that end says that it is one. */
  endsAt: fc.constantFrom<[string, Record<string, string>]>(
    ['/hangup', { Event: 'Hangup', CallStatus: 'completed' }],
    ['/hangup', { CallStatus: 'x'.repeat(300) }],
    ['/answer', { Event: 'Hangup' }],
    ['/answer', { CallStatus: 'completed' }],
    ['/answer', { Event: '', CallStatus: 'no-answer' }],
  ),
});

const rowsOf = new Map<Service['kind'], unknown>();

describeOnEachService('whatever Plivo sends', (start, kind) => {
  let service: Service;

  beforeAll(async () => {
    service = await start();
    await service.addNumbers([VIRTUAL]);
    await service.sessions('POST', '/', { first_party: AMY, second_party: BEN, session_expiry: 86400 });
  });

  const read = (sql: string, parameters: unknown[] = []) =>
    service.dataSource.query<Record<string, unknown>[]>(sql, parameters);
  const uuidOf = (side: string, index: number): string =>
    `${side.repeat(8)}-0000-4000-8000-${String(index).padStart(12, '0')}`;

  it('a party is connected, every call ends and is whole, and both databases keep the same of it', async () => {
    let index = 0;
    const seen: unknown[] = [];
    const runs = {
      seed: SEED,
      numRuns: kind === 'sqlite' && !process.env.TEST_DATABASE_URL ? 150 : 60,
      endOnFailure: true,
    };
    await fc.assert(
      fc.asyncProperty(call, async ({ answer, otherLeg, dialling, dialStatus, end, endsAt }) => {
        index += 1;
        const [aLeg, bLeg] = [uuidOf('a', index), uuidOf('b', index)];
        const leg = { CallUUID: aLeg, DialALegUUID: aLeg, DialBLegUUID: bLeg };
        const said = await service.webhook('/answer', {
          Event: 'StartApp',
          ...answer,
          CallUUID: aLeg,
          From: AMY,
          To: VIRTUAL,
        });
        expect([said.status, said.headers['content-type'], said.text.includes(`<Number>+${BEN}</Number>`)]).toEqual([
          200,
          'application/xml; charset=utf-8',
          true,
        ]);
        const path = /\/sessions\/[^/]+\/calls\/[^/]+(?=\/dial-event)/.exec(said.text)?.[0] ?? '';
        const others = [
          await service.webhook(`${path}/dial-event`, { ...otherLeg, ...leg, DialAction: 'answer' }),
          await service.webhook(`${path}/dial-event`, { ...otherLeg, ...leg, DialAction: 'hangup' }),
          await service.webhook(`${path}/dial-action`, { ...dialling, DialStatus: dialStatus, CallUUID: aLeg }),
          await service.webhook(endsAt[0], { ...end, ...endsAt[1], CallUUID: aLeg }),
        ];
        expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
        expect(others.slice(2).every(({ text }) => text === '' || text.startsWith('<Response'))).toBe(true);

        const [row] = await read(
          'SELECT decision, ended_at, created_at, dial_status FROM masked_call WHERE a_leg_uuid = ?',
          [aLeg],
        );
        expect([row?.['decision'], row?.['ended_at'] === null]).toEqual(['connect', false]);
        const legs = await read(
          `SELECT leg_uuid, side, role, is_answered, is_ended, started_at, answered_at, ended_at, duration, billed_duration, amount, call_status,
             hangup_cause, hangup_cause_code, hangup_cause_name, hangup_source FROM call_leg WHERE leg_uuid IN (?, ?) ORDER BY side`,
          [aLeg, bLeg],
        );
        expect(legs.map(({ side, is_ended }) => [side, Number(is_ended)])).toEqual([
          ['A', 1],
          ['B', 1],
        ]);
        // MariaDB hands some integers out as text.
        seen.push(
          legs.map((one) =>
            Object.fromEntries(
              Object.entries(one).map(([name, value]) => [
                name,
                value === null ? null : String(Number(value) || value),
              ]),
            ),
          ),
          row?.['dial_status'],
        );
        const [busy] = await read('SELECT COUNT(*) AS n FROM interaction WHERE ended_at IS NULL');
        expect(Number(busy?.['n'])).toBe(0);
      }),
      runs,
    );
    expect(service.logs()).not.toMatch(/"level":"error"/);
    rowsOf.set(kind, seen);
  }, 180_000);

  it('a caller is answered with XML, and nobody is dialled for a caller who is nobody', async () => {
    let index = 500;
    const From = fc.oneof(odd, fc.constantFrom(`${AMY.slice(0, 5)}\u0000${AMY.slice(5)}`, `${AMY}\uD83D`, `0${AMY}`));
    await fc.assert(
      fc.asyncProperty(ofAnswer, From, fc.oneof(odd, fc.constant(VIRTUAL)), async (answer, from, to) => {
        index += 1;
        const { CallStatus: _end, ...fields } = answer;
        const said = await service.webhook('/answer', { ...fields, CallUUID: uuidOf('a', index), From: from, To: to });
        expect(said).toMatchObject({ status: 200, headers: { 'content-type': 'application/xml; charset=utf-8' } });
        expect(said.text).toMatch(/^<Response>.*<Hangup.*\/><\/Response>$/);
        expect(said.text).not.toContain('<Dial');
      }),
      { seed: SEED, numRuns: 60 },
    );
  }, 60_000);

  it.each(['', 'short', '../../../Call', 'x'.repeat(65), '📞'.repeat(9)])(
    'a call without a name (%j) is rejected in XML, and nothing is kept',
    async (CallUUID) => {
      const before = await read('SELECT COUNT(*) AS n FROM call_leg');
      const said = await service.webhook('/answer', { CallUUID, From: AMY, To: VIRTUAL, Direction: 'inbound' });
      expect([said.status, said.text]).toEqual([200, '<Response><Hangup reason="rejected"/></Response>']);
      expect(await read('SELECT COUNT(*) AS n FROM call_leg')).toEqual(before);
    },
  );

  it('parameters that nobody reads may be repeated; those that are read may not', async () => {
    const send = (list: [string, string][]) => service.webhookList('/answer', list);
    const asked: [string, string][] = [
      ['CallUUID', uuidOf('c', 1)],
      ['From', AMY],
      ['To', VIRTUAL],
    ];
    expect((await send([...asked, ['From', BEN]])).status).toBe(403);
    expect((await send([...asked, ['CallUUID', uuidOf('c', 2)]])).status).toBe(403);
    const said = await send([['X-PH-Tag', 'one'], ...asked, ['X-PH-Tag', 'two'], ['X-PH-Tag', 'one']]);
    expect([said.status, said.text.includes('<Dial')]).toEqual([200, true]);
  });
});

describe('two databases', () => {
  it('have kept the same', () => {
    const all = [...rowsOf.values()];
    for (const rows of all) expect(rows).toEqual(all[0]);
  });
});

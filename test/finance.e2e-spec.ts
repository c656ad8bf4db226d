import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import { SweepRecords } from '../src/call-routing/index.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { describeNumber, type E164 } from '../src/telephony/phone.js';
import { callLog } from './support/call-log.js';
import { temporaryFolder } from './support/process.js';
import { describeOnEachService, type Answer, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ZONE = 'Asia/Kolkata';
const SESSION_FEE = 250_000;
const BRITISH = '442079460001';

type Row = Record<string, string>;

/** The service answers in this process: it must not wait for the command. */
async function shell(command: string, options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', command], options);
  return stdout;
}

const micros = (text: string): number => {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  return (text.startsWith('-') ? -1 : 1) * (Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0')));
};
const sumOf = (rows: Row[], column: string): number => rows.reduce((sum, row) => sum + micros(row[column] || '0'), 0);

/** None of ours has a comma or a quote in a cell but the reasons of calls. */
function rowsOf(csv: string): Row[] {
  const [header = [], ...lines] = csv
    .trimEnd()
    .split('\r\n')
    .map((line) =>
      [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell.replace(/^"(.*)"$/, '$1')),
    );
  return lines.map((cells) => Object.fromEntries(header.map((name, place) => [name, cells[place] ?? ''])));
}

interface Comparison {
  there: { legs: number; billed_seconds: number; amount: string };
  here: { legs: number; billed_seconds: number; amount: string };
  difference: { legs: number; billed_seconds: number; amount: string };
  equal: number;
  missing_here: { legs: number; amount: string; items: { call_uuid: string; amount: string }[] };
  missing_there: { legs: number; amount: string; items: { call_uuid: string }[] };
  different: { legs: number; amount: string; items: { call_uuid: string; here: Row; there: Row }[] };
  duplicates: { legs: number; items: { call_uuid: string; row: number }[] };
  before_retention: { legs: number; amount: string };
  outside_month: number;
}

describeOnEachService('the month for finance', (start) => {
  let service: Service;
  let financeToken: string;
  let month: { name: string; from: string; to: string };
  const { act, advance, call, control, prepare, settled } = simulatedPlivo(() => service);

  const asFinance = <Body = Record<string, unknown>>(path: string, file?: string): Promise<Answer<Body>> =>
    service.request<Body>(path, {
      as: null,
      headers: { authorization: `Bearer ${financeToken}`, ...(file !== undefined && { 'content-type': 'text/csv' }) },
      ...(file !== undefined && { method: 'POST', body: file }),
    });
  const statsOf = async (groupBy: string): Promise<Row[]> =>
    rowsOf(
      (
        await asFinance(
          `/admin/stats?group_by=${groupBy}&time_zone=${ZONE}&from=${month.from}&to=${month.to}&format=csv`,
        )
      ).text,
    );
  const callsOf = async (query = ''): Promise<Row[]> =>
    rowsOf((await asFinance(`/admin/calls?format=csv${query}`)).text);
  const compare = async (file: string, query = ''): Promise<Comparison> => {
    const path = `/admin/invoices/compare?account=${service.authId}&month=${month.name}&time_zone=${ZONE}${query}`;
    const answer = await asFinance<Comparison>(path, file);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer.body;
  };

  /** Sessions in two countries, of a subaccount and of none, with calls inbound and requested, talked, busy, unanswered and refused. */
  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000' } });
    financeToken = String(
      (await service.admin('POST', '/operators', { name: 'books', role: 'finance' })).body['token'],
    );
    await toMidMonth();
    await control('POST', '/numbers', { number: `+${BRITISH}` });
    await service.admin('POST', `/numbers/sync?account=${service.authId}`);
    await service.admin('PATCH', `/accounts/${service.authId}/settings`, {
      session_fee: '0.25',
      minute_fee: '0.003333',
      refusals: { stranger: 'This number is not for you.' },
    });
    const made = await service.admin('POST', `/accounts/${service.authId}/subaccounts`, { name: 'Couriers' });
    const subaccount = { authId: String(made.body['auth_id']), authToken: String(made.body['auth_token']) };
    await control('POST', '/faults', { lose: 0, duplicate: 0.3, reorder: 0.3, seed: 5 });

    for (const [index, how] of ['answer', 'busy', 'answer', 'decline', 'no-answer', 'answer'].entries()) {
      const isBritish = index % 3 === 2;
      const [first, second] = isBritish
        ? [`+44207946${1000 + index}`, `+44207947${1000 + index}`]
        : [`+1415556${1000 + index}`, `+1415557${1000 + index}`];
      const opened = await service.sessions<{ virtual_number: string; session_uuid: string }>('POST', '/', {
        first_party: first,
        second_party: second,
        session_expiry: 86_400,
        ring_timeout: 20,
      });
      expect([opened.status, opened.text]).toEqual([201, expect.any(String)]);
      await prepare(second, { behaviour: how, after_seconds: 2 });
      const uuid = await call(first, opened.body.virtual_number);
      await advance(2 + 70 * index);
      await act(second, 'hangup').catch(() => undefined);
      await advance(30);
      await settled(uuid);
      const refused = await call('+14155559999', opened.body.virtual_number);
      await advance(5);
      await settled(refused);
    }
    await requested(subaccount);
    await control('DELETE', '/faults');
    for (let round = 0; round < 5; round++) {
      await advance(180);
      await service.app.get(SweepRecords).enqueue();
      await service.app.get(Jobs).runDue();
    }
  }, 60_000);

  /** Both phones of it ring. */
  async function requested(subaccount: { authId: string; authToken: string }): Promise<void> {
    const [first, second] = ['+14155561900', '+14155571900'];
    for (const phone of [first, second]) await prepare(phone, { behaviour: 'answer', after_seconds: 1 });
    const path = `/v1/Account/${subaccount.authId}/Masking/Session/`;
    await control('POST', '/numbers', { number: '+12025550177' });
    await service.addNumbers(['12025550177'], subaccount.authId);
    const opened = await service.request(path, {
      method: 'POST',
      as: subaccount,
      body: { first_party: first, second_party: second, initiate_call_to_first_party: true },
    });
    if (opened.status !== 201) throw new Error(opened.text);
    await service.app.get(Jobs).runDue();
    for (let waited = 0; waited < 12; waited += 2) await advance(2);
    await advance(100);
    await act(second, 'hangup').catch(() => undefined);
    await act(first, 'hangup').catch(() => undefined);
    await advance(10);
  }

  /** So that neither a month nor its edges in the zone come between the calls. */
  async function toMidMonth(): Promise<void> {
    const now = new Date((await control<{ now: string }>('GET', '/clock')).now);
    const middle = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 15, 12);
    await advance(Math.floor((middle - now.getTime()) / 1000));
    const day = (months: number) =>
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 10);
    month = { name: day(1).slice(0, 7), from: day(1), to: day(2) };
  }

  it('by account and country is the sum of its calls, the bill of Plivo and its call log, to the micro-unit', async () => {
    const bill = await control<{ legs: number; billed_seconds: number; amount_micros: number }>('GET', '/bill');
    const figures = await statsOf('month,account,country');
    const calls = await callsOf(`&from=${month.from}&to=${month.to}`);
    const compared = await compare(await callLog(service));

    expect(figures.map((row) => [row['month'], row['account'], row['country']])).toEqual([
      [month.name, service.authId, 'GB'],
      [month.name, service.authId, 'US'],
    ]);
    expect(bill.amount_micros).toBeGreaterThan(100_000);
    expect(sumOf(figures, 'provider_amount')).toBe(bill.amount_micros);
    expect(sumOf(calls, 'provider_amount')).toBe(bill.amount_micros);
    expect([compared.there.amount, compared.here.amount].map(micros)).toEqual([bill.amount_micros, bill.amount_micros]);
    expect(compared).toMatchObject({
      there: { legs: bill.legs, billed_seconds: bill.billed_seconds },
      here: { legs: bill.legs, billed_seconds: bill.billed_seconds },
      difference: { legs: 0, billed_seconds: 0, amount: '0' },
      equal: bill.legs,
      missing_here: { legs: 0, items: [] },
      missing_there: { legs: 0, items: [] },
      different: { legs: 0, items: [] },
      duplicates: { legs: 0, items: [] },
      before_retention: { legs: 0 },
      outside_month: 0,
    });

    // Session fees belong to no call.
    const opened = figures.reduce((sum, row) => sum + Number(row['sessions']), 0);
    expect(opened).toBe(7);
    expect(sumOf(calls, 'fees')).toBeGreaterThan(0);
    expect(sumOf(figures, 'fees')).toBe(sumOf(calls, 'fees') + opened * SESSION_FEE);
    for (const rows of [figures, calls])
      expect(sumOf(rows, 'amount')).toBe(sumOf(rows, 'provider_amount') + sumOf(rows, 'fees'));
    expect(sumOf(figures, 'calls')).toBe(calls.length * 1_000_000);

    for (const country of ['GB', 'US']) {
      const those = calls.filter((row) => countryOf(row['virtual_number'] ?? '') === country);
      const [figure] = figures.filter((row) => row['country'] === country);
      expect(those.length).toBeGreaterThan(0);
      expect(micros(figure?.['provider_amount'] ?? '')).toBe(sumOf(those, 'provider_amount'));
      expect(Number(figure?.['billed_seconds'])).toBe(
        those.reduce((sum, row) => sum + Number(row['billed_seconds']), 0),
      );
    }
  });

  const countryOf = (shown: string): string => describeNumber(shown.replace(/\D/g, '') as E164).country;

  it.each([
    'day',
    'hour,direction',
    'direction,subaccount',
    'session,account,country',
    'number,hour,subaccount',
    'subaccount,month',
  ])('adds up to the same by %s, but for calls of no session where sessions are asked for', async (groupBy) => {
    const [whole, rows] = [await statsOf('account'), await statsOf(groupBy)];
    const ofSessions = await callsOf(`&from=${month.from}&to=${month.to}`).then((calls) =>
      calls.filter((row) => row['session_uuid'] !== ''),
    );
    expect(
      rows.every(
        (row) =>
          row['key'] ===
          groupBy
            .split(',')
            .map((key) => row[key])
            .join('/'),
      ),
    ).toBe(true);
    if (!groupBy.startsWith('session'))
      for (const column of ['calls', 'connected', 'billed_seconds', 'amount', 'provider_amount', 'fees', 'sessions'])
        expect([column, sumOf(rows, column)]).toEqual([column, sumOf(whole, column)]);
    else expect(sumOf(rows, 'provider_amount')).toBe(sumOf(ofSessions, 'provider_amount'));
    expect(new Set(rows.map((row) => row['currency']))).toEqual(new Set(['USD']));
  });

  it('tells directions and subaccounts apart, and opened sessions from calls', async () => {
    const rows = await statsOf('direction,subaccount');
    const calls = (direction: string) =>
      rows.filter((row) => row['direction'] === direction).map((row) => Number(row['calls']));
    expect(calls('inbound')).toEqual([12]);
    expect(calls('requested')).toEqual([1]);
    expect(rows.filter((row) => row['direction'] === 'none').map((row) => [row['calls'], row['sessions']])).toEqual([
      ['0', '1'],
      ['0', '6'],
    ]);
    expect(rows.find((row) => row['direction'] === 'requested')?.['subaccount']).toMatch(/^SA/);
  });

  interface Money {
    [name: string]: unknown;
    session_uuid: string;
    total_call_amount: number | string;
    total_session_amount: number | string;
    interaction: { total_call_amount: number | string }[] | null;
  }

  it('shows one truth of each session and call in both APIs and the statistics', async () => {
    const listed = await service.admin<{ items: Money[] }>('GET', '/sessions');
    const figures = await statsOf('session');
    const calls = await callsOf();
    expect(listed.body.items).toHaveLength(7);
    for (const session of listed.body.items) {
      const { body } = await service.sessions<{ response: Money }>('GET', `/${session.session_uuid}/`);
      const own = body.response;
      const exact = (amount: number | string): number => Math.round(Number(amount) * 1_000_000);
      expect(micros(String(session.total_call_amount))).toBe(exact(own.total_call_amount));
      expect(micros(String(session.total_session_amount))).toBe(exact(own.total_session_amount));
      expect(session.interaction?.map((one) => micros(String(one.total_call_amount)))).toEqual(
        own.interaction?.map((one) => exact(one.total_call_amount)),
      );
      const one = await service.admin<Money>('GET', `/sessions/${session.session_uuid}`);
      expect(one.body).toMatchObject({ total_session_amount: session.total_session_amount });

      const figure = figures.find((row) => row['session'] === session.session_uuid);
      expect(micros(figure?.['amount'] ?? '')).toBe(exact(own.total_session_amount));
      const those = calls.filter((row) => row['session_uuid'] === session.session_uuid);
      expect(sumOf(those, 'amount')).toBe(exact(own.total_call_amount));
      expect(exact(own.total_session_amount)).toBe(exact(own.total_call_amount) + SESSION_FEE);
    }
    const shown = (await service.admin<{ items: Row[] }>('GET', '/calls?limit=200')).body.items;
    for (const column of ['provider_amount', 'fees', 'amount', 'currency'])
      expect(shown.map((one) => one[column])).toEqual(calls.map((row) => row[column]));
  });

  it('comes as CSV of calls with what is known and no number of a person, written to the audit', async () => {
    const answer = await asFinance(`/admin/calls?from=${month.from}`.replace('?', '?format=csv&'));
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header] = answer.text.split('\r\n');
    expect(header).toBe(
      'call_uuid,session_uuid,account,direction,started_at,ended_at,outcome,reason,virtual_number,caller_country,dialled_country,seconds,billed_seconds,provider_amount,fees,amount,currency',
    );
    const calls = rowsOf(answer.text);
    expect(answer.headers['x-total-count']).toBe(String(calls.length));
    expect(calls).toHaveLength(13);
    expect(new Set(calls.map((row) => row['direction']))).toEqual(new Set(['inbound', 'requested']));
    expect(
      calls.filter((row) => row['caller_country'] === 'GB' && row['dialled_country'] === 'GB').length,
    ).toBeGreaterThan(0);
    for (const digits of ['1415556', '1415557', '44207946100', '44207947', '14155559999'])
      expect(answer.text).not.toContain(digits);
    expect(answer.text).toContain(`'+${BRITISH}`);
    const byHeader = await service.request(`/admin/calls?from=${month.from}`, {
      as: null,
      headers: { authorization: `Bearer ${financeToken}`, accept: 'text/csv' },
    });
    expect(byHeader.text).toBe(answer.text);

    const { items } = (await service.admin<{ items: Row[] }>('GET', '/audit?limit=200')).body;
    expect(
      items.filter((entry) => entry['action'] === 'calls.exported' && entry['actor'] === 'books').length,
    ).toBeGreaterThan(1);
    await asFinance('/admin/stats?format=csv');
    expect((await service.admin<{ items: Row[] }>('GET', '/audit?limit=1')).body.items[0]).toMatchObject({
      action: 'stats.exported',
    });
  });

  it('is cut short visibly when it fails in the middle', async () => {
    // The last page has a caller whose number cannot be opened. Younger than what retention deletes meanwhile, and older than all that is there.
    const longAgo = service.clock.now() - 40 * 86_400_000;
    await service.dataSource.query(
      `INSERT INTO masked_call (id, account_id, kind, a_leg_uuid, caller, pin_attempts, decision, reason, answer, created_at)
       SELECT ${service.kind === 'sqlite' ? "'x' || substr(id, 2)" : "CONCAT('x', SUBSTRING(id, 2))"}, account_id, kind, 'x', 'broken', 0, 'refuse', 'stranger', '', ${longAgo} FROM masked_call LIMIT 1`,
    );
    const filler = (n: number) =>
      `('${'f'.repeat(30)}${String(n).padStart(6, '0')}', '${service.authId}', 'inbound', 'f${n}', 0, 'refuse', 'stranger', '', ${longAgo + n + 1})`;
    const values = Array.from({ length: 1200 }, (_, n) => filler(n)).join(', ');
    await service.dataSource.query(
      `INSERT INTO masked_call (id, account_id, kind, a_leg_uuid, pin_attempts, decision, reason, answer, created_at) VALUES ${values}`,
    );

    await expect(asFinance('/admin/calls?format=csv')).rejects.toThrow();
    expect(service.logs()).toContain('export.failed');
    await service.dataSource.query(`DELETE FROM masked_call WHERE created_at < ${longAgo + 5000}`);
  });

  it('is compared with a log that says otherwise: what is missing, different, twice or too old', async () => {
    const log = await callLog(service);
    const [header = '', ...lines] = log.trimEnd().split('\r\n');
    const uuidOf = (line: string): string => /^"([^"]+)"/.exec(line)?.[1] ?? '';
    const talked = lines.filter((line) => !line.includes('"0.00000"'));
    const [dropped, changed] = [talked[0] ?? '', talked[1] ?? ''];
    const stranger = changed.replace(uuidOf(changed), 'ffffffff-0000-4000-8000-00000000000f');
    const old = stranger
      .replace('00000000000f', '00000000000a')
      .replace(/"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\+00:00"/, '"2020-01-01 00:00:00+00:00"');
    const cells = (line: string) => line.split(',');
    const amount = Number(cells(changed)[11]?.replaceAll('"', ''));
    const other = cells(changed)
      .with(11, `"${(amount + 0.00123).toFixed(5)}"`)
      .join(',');
    const file = [
      header,
      ...lines.filter((line) => line !== dropped && line !== changed),
      other,
      other,
      stranger,
      old,
    ].join('\n');

    const found = await compare(file);
    expect(found.missing_there).toMatchObject({ legs: 1, items: [{ call_uuid: uuidOf(dropped) }] });
    expect(found.missing_here).toMatchObject({ legs: 1, items: [{ call_uuid: uuidOf(stranger) }] });
    expect(found.different).toMatchObject({ legs: 1, amount: '0.00123' });
    expect(found.different.items).toEqual([
      {
        call_uuid: uuidOf(changed),
        row: lines.length,
        here: { amount: expect.any(String) },
        there: { amount: expect.any(String) },
      },
    ]);
    expect(found.duplicates).toMatchObject({ legs: 1, items: [{ call_uuid: uuidOf(changed), row: lines.length + 1 }] });
    expect(found.before_retention).toMatchObject({ legs: 1 });
    expect(found.outside_month).toBe(1);
    expect(micros(found.difference.amount)).toBe(
      micros(found.different.amount) +
        micros(found.missing_here.amount) +
        micros(found.before_retention.amount) -
        micros(found.missing_there.amount),
    );
    for (const word of ['14155560', '14155570']) expect(service.logs()).not.toContain(word);
  });

  it.each([
    ['nothing', '', 400, 'text/csv'],
    [
      'a header that lacks columns',
      'Call UUID,From number\r\n',
      400,
      'lacks the columns Call duration, Billed duration, Billed amount',
    ],
    [
      'a column twice',
      'call_uuid,Call UUID,call_duration,billed_duration,total_amount\n',
      400,
      'two columns are named Call UUID',
    ],
    [
      'an amount that is none',
      'call_uuid,call_duration,billed_duration,total_amount\na,1,60,=1+1\n',
      400,
      'row 2, Billed amount',
    ],
    [
      'a number in place of a length',
      'call_uuid,call_duration,billed_duration,total_amount\na,+14155550123,60,1\n',
      400,
      'row 2, Call duration',
    ],
    ['an open quote', 'call_uuid,call_duration,billed_duration,total_amount\n"a,1,60,1\n', 400, 'closing quote'],
  ])('refuses a log of %s and repeats nothing of it', async (_, file, status, words) => {
    const answer = await asFinance(`/admin/invoices/compare?account=${service.authId}&month=${month.name}`, file);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(words)]);
    expect(answer.text).not.toContain('14155550123');
  });

  it('takes columns in any order and spelling, and none that it does not need', async () => {
    const [header = '', ...lines] = (await callLog(service)).trimEnd().split('\r\n');
    const places = [11, 8, 0, 9];
    const names = ['TOTAL_AMOUNT (USD)', 'call duration', 'CallUUID', 'billed-duration'];
    const file = [names, ...lines.map((line) => line.split(',')).map((cells) => places.map((place) => cells[place]))];
    expect(header.split(',')).toHaveLength(15);
    expect(await compare(`\uFEFF${file.map((cells) => cells.join(',')).join('\r\n')}`)).toMatchObject({
      difference: { amount: '0' },
      equal: lines.length,
    });
  });

  it.each(['month=2026-13', 'month=november', 'time_zone=Mars/Olympus&month=2026-11', ''])(
    'refuses to compare ?%s',
    async (query) => {
      const answer = await asFinance(`/admin/invoices/compare?account=${service.authId}&${query}`, 'x');
      expect(answer.status).toBe(400);
    },
  );

  it.each([
    'group_by=day,hour,month,number',
    'group_by=day,day',
    'group_by=day,',
    'group_by=',
    'time_zone=Mars/Olympus',
    'time_zone=%2B05:30',
    'time_zone=',
    'time_zone=Asia/Kolkata&from=1990-01-01',
  ])('refuses figures by %s', async (query) => {
    const { status, body } = await asFinance(`/admin/stats?${query}`);
    expect([status, body['detail']]).toEqual([
      400,
      expect.stringMatching(/^(group_by|time_zone|from) must be|^from and to must/),
    ]);
  });

  it('is what docs/finance.md says, command by command', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder.path, 'plivo-calls.csv'), await callLog(service));
    const text = readFileSync(new URL('../docs/finance.md', import.meta.url), 'utf8');
    const commands = [...text.matchAll(/```sh\n([^`]*)```/g)].map(([, command = '']) => command);
    expect(commands).toHaveLength(4);
    const env = {
      PATH: process.env['PATH'],
      SERVICE: service.baseUrl,
      ACCOUNT: service.authId,
      ZONE,
      ADMIN_TOKEN: service.adminToken,
      MONTH: month.name,
      FROM: month.from,
      TO: month.to,
    };
    const run = (command: string, more: Record<string, string>): Promise<string> =>
      shell(command, { cwd: folder.path, env: { ...env, ...more } });
    const [operator = '', ...others] = commands;
    const { token } = JSON.parse(await run(operator, {})) as { token: string };
    for (const command of others) await run(command, { FINANCE_TOKEN: token });

    const read = (name: string): string => readFileSync(join(folder.path, name), 'utf8');
    const bill = await control<{ amount_micros: number }>('GET', '/bill');
    expect(sumOf(rowsOf(read('bill.csv')), 'provider_amount')).toBe(bill.amount_micros);
    expect(sumOf(rowsOf(read('calls.csv')), 'provider_amount')).toBe(bill.amount_micros);
    expect((JSON.parse(read('comparison.json')) as Comparison).difference.amount).toBe('0');
    await folder.remove();
  });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseCaller } from '../telephony/phone.js';
import { PlivoClient } from './plivo-client.js';
import type { PlaceCall } from './plivo-orders.js';
import { ProviderBusy, ProviderOutcomeUnknown, ProviderRefused, ProviderUnavailable } from './plivo.errors.js';

interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  authorization: string | undefined;
  body: unknown;
}
type Reply = (response: ServerResponse, request: IncomingMessage) => void;

const credentials = { authId: 'MAEXAMPLEEXAMPLE0001', authToken: 'not-a-token' };
const account = '/api/v1/Account/MAEXAMPLEEXAMPLE0001';
const uuid = '0f2b4d7e-6a11-4c52-9a57-5d6f0e3c9b10';
const call: PlaceCall = {
  from: parseCaller('14155550100')!,
  to: parseCaller('14155550111')!,
  answerUrl: 'https://mask.example.com/plivo/out?call=7',
  hangupUrl: 'https://mask.example.com/plivo/hangup?call=7',
  ringTimeoutSeconds: 45,
  timeLimitSeconds: 3600,
};

let server: Server;
let client: PlivoClient;
let baseUrl: string;
let seen: Seen[];
let replies: Reply[];

beforeEach(async () => {
  seen = [];
  replies = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://server');
      const text = Buffer.concat(chunks).toString();
      seen.push({
        method: request.method ?? '',
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        authorization: request.headers.authorization,
        body: text === '' ? null : JSON.parse(text),
      });
      // The last reply holds for everything after it.
      const reply = replies.length > 1 ? replies.shift()! : replies[0]!;
      reply(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  client = new PlivoClient({ baseUrl, deadlineMs: 4000, retryPauseMs: 1 });
});

afterEach(async () => {
  server.closeAllConnections();
  await client.onApplicationShutdown();
  await new Promise((resolve) => server.close(resolve));
});

function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
function plain(status: number, text: string, headers: Record<string, string> = {}): Reply {
  return (response) => response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
}
const reset: Reply = (response) => response.destroy();
const silence: Reply = () => undefined;

/** A listing of these objects, cut into Plivo's pages. */
function listing(objects: unknown[], total = objects.length): Reply {
  return (response, request) => {
    const query = new URL(request.url ?? '', 'http://server').searchParams;
    const [limit, offset] = [Number(query.get('limit')), Number(query.get('offset'))];
    json(200, {
      api_id: uuid,
      meta: { limit, offset, total_count: total, next: null, previous: null },
      objects: objects.slice(offset, offset + limit),
    })(response, request);
  };
}
const rented = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({
    number: String(14155550100 + at),
    alias: at === 0 ? 'front desk' : '',
    application: at === 0 ? `/v1/Account/${credentials.authId}/Application/2406000000000/` : null,
    number_type: 'local',
    sub_account: at === 0 ? 'SAEXAMPLEEXAMPLE0001' : null,
    voice_enabled: at !== 1,
  }));

describe('listing the numbers', () => {
  it('reads every page with the account’s credentials', async () => {
    replies = [listing(rented(45))];
    const numbers = await client.listNumbers(credentials, { subaccount: 'SAEXAMPLEEXAMPLE0001' });
    expect(numbers).toHaveLength(45);
    expect(numbers[0]).toEqual({
      number: '14155550100',
      alias: 'front desk',
      subaccount: 'SAEXAMPLEEXAMPLE0001',
      hasVoice: true,
      hasSms: false,
      hasMms: false,
      registration: null,
      campaignId: null,
      type: 'local',
      applicationId: '2406000000000',
    });
    expect(numbers[1]).toMatchObject({ alias: null, subaccount: null, hasVoice: false, applicationId: null });
    expect(seen.map(({ query }) => query)).toEqual(
      ['0', '20', '40'].map((offset) => ({ subaccount: 'SAEXAMPLEEXAMPLE0001', limit: '20', offset })),
    );
    expect(seen[0]).toMatchObject({
      method: 'GET',
      path: `${account}/Number/`,
      authorization: `Basic ${Buffer.from('MAEXAMPLEEXAMPLE0001:not-a-token').toString('base64')}`,
    });
  });

  it('is empty for an account without numbers', async () => {
    replies = [listing([])];
    await expect(client.listNumbers(credentials)).resolves.toEqual([]);
  });

  it('leaves short codes out', async () => {
    replies = [listing([...rented(1), { number: '40404' }])];
    await expect(client.listNumbers(credentials)).resolves.toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['fewer numbers than the total', listing(rented(25), 30)],
    ['more numbers than the total', listing(rented(20), 19)],
    ['a number twice', listing([...rented(3), ...rented(1)])],
    ['no total', json(200, { objects: [] })],
    ['no objects', json(200, { meta: { total_count: 0 } })],
  ])('refuses a listing with %s', async (_, reply) => {
    replies = [reply];
    await expect(client.listNumbers(credentials)).rejects.toThrow(ProviderUnavailable);
  });
});

describe('a listing', () => {
  it('of more than 10,000 objects is not begun', async () => {
    replies = [listing(rented(20), 10_001)];
    await expect(client.listNumbers(credentials)).rejects.toThrow('expected at most 10000 objects');
    expect(seen).toHaveLength(1);
  });

  it('that ends before its total is refused', async () => {
    replies = [listing([], 3)];
    await expect(client.findCalls(credentials, {})).rejects.toThrow('expected 3 objects in the listing, found 0');
  });

  it('that Plivo does not have is a refusal', async () => {
    replies = [json(404, { error: 'not found' })];
    await expect(client.listNumbers(credentials)).rejects.toThrow(ProviderRefused);
  });
});

describe('placing a call', () => {
  it('sends one request and returns the name of the call', async () => {
    replies = [json(201, { message: 'call fired', request_uuid: uuid, api_id: uuid })];
    await expect(
      client.placeCall(credentials, { ...call, ringUrl: 'https://mask.example.com/plivo/ring' }),
    ).resolves.toEqual({ requestUuid: uuid });
    expect(seen).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: `${account}/Call/`,
        body: {
          from: '14155550100',
          caller_name: '+14155550100',
          to: '14155550111',
          answer_url: call.answerUrl,
          answer_method: 'POST',
          ring_url: 'https://mask.example.com/plivo/ring',
          ring_method: 'POST',
          hangup_url: call.hangupUrl,
          hangup_method: 'POST',
          ring_timeout: 45,
          time_limit: 3600,
        },
      }),
    ]);
  });

  it.each<[string, Reply]>([
    ['500', json(500, { error: 'oops' })],
    ['503', plain(503, 'busy')],
    ['408', plain(408, 'late')],
    ['a reset', reset],
    [
      'an answer that breaks off',
      (response) => response.writeHead(201, { 'content-length': '100' }).write('{"message"', () => response.destroy()),
    ],
    ['success without a name', json(201, { message: 'call fired' })],
    ['success that is no JSON', plain(201, 'fine')],
  ])('has an unknown outcome after %s, and is not repeated', async (_, reply) => {
    replies = [reply];
    await expect(client.placeCall(credentials, call)).rejects.toThrow(ProviderOutcomeUnknown);
    expect(seen).toHaveLength(1);
  });

  it('has an unknown outcome when the deadline passes', async () => {
    replies = [silence];
    const hasty = new PlivoClient({ baseUrl, deadlineMs: 100 });
    await expect(hasty.placeCall(credentials, call)).rejects.toThrow(
      new ProviderOutcomeUnknown('Plivo did not answer in time'),
    );
    expect(seen).toHaveLength(1);
    await hasty.onApplicationShutdown();
  });

  it('did certainly not happen when nobody listens', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const lonely = new PlivoClient({ baseUrl: `http://127.0.0.1:${port}` });
    await expect(lonely.placeCall(credentials, call)).rejects.toThrow(
      new ProviderUnavailable('Plivo could not be reached: ECONNREFUSED'),
    );
    await lonely.onApplicationShutdown();
  });

  it('is refused with Plivo’s words, numbers blotted out', async () => {
    replies = [json(403, { api_id: uuid, error: 'Calls to +1 (415) 555-0111 are barred' })];
    await expect(client.placeCall(credentials, call)).rejects.toMatchObject({
      name: 'ProviderRefused',
      status: 403,
      text: 'Calls to +# are barred',
    });
  });

  it.each<[Record<string, string>, number]>([
    [{ 'retry-after': '3' }, 3],
    [{ 'retry-after': '99999' }, 3600],
    [{ 'retry-after': 'soon' }, 5],
    [{}, 5],
  ])('is told to wait by 429 with %p', async (headers, retryAfterSeconds) => {
    replies = [plain(429, 'slow down', headers)];
    const refusal = client.placeCall(credentials, call);
    await expect(refusal).rejects.toThrow(ProviderBusy);
    await expect(refusal).rejects.toMatchObject({ retryAfterSeconds, details: { retryAfterSeconds } });
    expect(seen).toHaveLength(1);
  });

  it('does not accept several numbers as one', async () => {
    await expect(
      client.placeCall(credentials, { ...call, to: '14155550111<14155550122' as PlaceCall['to'] }),
    ).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });
});

describe('reading call records', () => {
  const record = {
    call_uuid: uuid,
    parent_call_uuid: '7c1d9a34-0b52-4e0f-8a66-2f4b8f2f5d21',
    call_direction: 'outbound',
    from_number: '+14155550100',
    to_number: '14155550111',
    initiation_time: '2026-05-04 15:30:00+05:30',
    answer_time: '2026-05-04 15:30:05+05:30',
    end_time: '2026-05-04 15:31:06+05:30',
    call_duration: 61,
    bill_duration: 61,
    billed_duration: 120,
    total_rate: '0.01200',
    total_amount: '0.02400',
    hangup_cause_code: 4000,
    hangup_cause_name: 'Normal Hangup',
    hangup_source: 'Caller',
  };

  it('finds the legs of a call', async () => {
    replies = [listing([record, record])];
    const endedFrom = Date.parse('2026-05-04T09:00:00Z');
    const found = await client.findCalls(credentials, { parentCallUuid: record.parent_call_uuid, endedFrom });
    expect(found).toEqual([
      {
        callUuid: uuid,
        parentCallUuid: record.parent_call_uuid,
        direction: 'outbound',
        from: '+14155550100',
        to: '14155550111',
        startedAt: Date.parse('2026-05-04T10:00:00Z'),
        answeredAt: Date.parse('2026-05-04T10:00:05Z'),
        endedAt: Date.parse('2026-05-04T10:01:06Z'),
        durationSeconds: 61,
        billedSeconds: 120,
        amountMicros: 24_000,
        hangupCauseCode: 4000,
        hangupCauseName: 'Normal Hangup',
        hangupSource: 'Caller',
      },
    ]);
    expect(seen[0]?.query).toEqual({
      parent_call_uuid: record.parent_call_uuid,
      end_time__gte: '2026-05-04 09:00:00',
      limit: '20',
      offset: '0',
    });
  });

  it('knows no answer time of a call that was never answered', async () => {
    replies = [
      json(200, {
        ...record,
        parent_call_uuid: null,
        answer_time: null,
        bill_duration: 0,
        billed_duration: 0,
        total_amount: '0.00000',
      }),
    ];
    await expect(client.getCall(credentials, uuid)).resolves.toMatchObject({
      parentCallUuid: null,
      answeredAt: null,
      durationSeconds: 0,
      amountMicros: 0,
    });
    expect(seen[0]?.path).toBe(`${account}/Call/${uuid}/`);
  });

  it('is null while there is no record', async () => {
    replies = [json(404, { error: 'not found' })];
    await expect(client.getCall(credentials, uuid)).resolves.toBeNull();
    expect(seen).toHaveLength(1);
  });

  it.each<[string, Reply[]]>([
    ['500', [json(500, {}), plain(502, 'gateway'), json(200, record)]],
    ['resets', [reset, reset, json(200, record)]],
  ])('is repeated twice after %s', async (_, script) => {
    replies = script;
    await expect(client.getCall(credentials, uuid)).resolves.toMatchObject({ callUuid: uuid });
    expect(seen).toHaveLength(3);
  });

  it('gives up after the third failure', async () => {
    replies = [json(500, {})];
    await expect(client.getCall(credentials, uuid)).rejects.toThrow(
      new ProviderUnavailable('Plivo answered with status 500'),
    );
    expect(seen).toHaveLength(3);
  });

  it.each<[string, Reply]>([
    ['silence', silence],
    ['headers without an end', (response) => void response.writeHead(200).write('{')],
  ])('gives up at the deadline on %s', async (_, reply) => {
    replies = [reply];
    const hasty = new PlivoClient({ baseUrl, deadlineMs: 150, retryPauseMs: 1 });
    await expect(hasty.getCall(credentials, uuid)).rejects.toThrow(ProviderUnavailable);
    expect(seen).toHaveLength(1);
    await hasty.onApplicationShutdown();
  });

  it('is refused with the plain text of 401, once', async () => {
    replies = [plain(401, 'Could not verify your access level for that URL.\nPlease authenticate')];
    await expect(client.getCall(credentials, uuid)).rejects.toThrow(
      new ProviderRefused(401, 'Could not verify your access level for that URL. Please authenticate'),
    );
    expect(seen).toHaveLength(1);
  });

  it('is told to wait by 429, and does not repeat', async () => {
    replies = [plain(429, '')];
    await expect(client.getCall(credentials, uuid)).rejects.toThrow(ProviderBusy);
    expect(seen).toHaveLength(1);
  });

  it('does not read an answer beyond one mebibyte', async () => {
    replies = [json(200, { ...record, padding: 'x'.repeat(1024 * 1024) })];
    await expect(client.getCall(credentials, uuid)).rejects.toThrow(ProviderUnavailable);
  });
});

describe('hanging up a call', () => {
  it('deletes that one call', async () => {
    replies = [(response) => response.writeHead(204).end()];
    await expect(client.hangUpCall(credentials, uuid)).resolves.toBe(true);
    expect(seen).toEqual([expect.objectContaining({ method: 'DELETE', path: `${account}/Call/${uuid}/` })]);
  });

  it('is false when the call is over', async () => {
    replies = [json(404, { error: 'call not found' })];
    await expect(client.hangUpCall(credentials, uuid)).resolves.toBe(false);
  });

  it('may be tried again after 500', async () => {
    replies = [json(500, {})];
    await expect(client.hangUpCall(credentials, uuid)).rejects.toThrow(ProviderUnavailable);
    expect(seen).toHaveLength(1);
  });

  it.each(['', '/', '../Number/14155550100', 'short', `${uuid}?x`, undefined])(
    'never sends a request for the uuid %p',
    async (bad) => {
      await expect(client.hangUpCall(credentials, bad as string)).rejects.toThrow(TypeError);
      await expect(client.getCall(credentials, bad as string)).rejects.toThrow(TypeError);
      expect(seen).toEqual([]);
    },
  );

  it('never sends an Auth ID that would change the path', async () => {
    await expect(client.hangUpCall({ authId: 'MA/../x', authToken: 't' }, uuid)).rejects.toThrow(TypeError);
    expect(seen).toEqual([]);
  });
});

import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '../../test/support/ground.js';
import { DEMO_NUMBERS, Simulator, SimulatorModule } from './index.js';

const { validateV3Signature } = createRequire(import.meta.url)('plivo') as {
  validateV3Signature: (
    method: string,
    uri: string,
    nonce: string,
    token: string,
    signature: string,
    params: Record<string, string>,
  ) => boolean;
};

const VIRTUAL = '14155550100';
const CALLER = '14155550111';
const CALLEE = '14155550122';

interface Received {
  method: string;
  /** Path and query. */
  url: string;
  path: string;
  headers: IncomingHttpHeaders;
  params: Record<string, string>;
  raw: string;
}

// What the control API answers is only looked at by assertions.
type Json = { [name: string]: never };

/** The simulator alone in an app, and an application that records its webhooks and answers as it is told. */
class SimulatorBench {
  readonly authId = 'MAXXXXXXXXXXXXXXXXXX';
  readonly authToken = 'a-token-of-the-bench';
  readonly clock = new FakeClock();
  readonly requests: Received[] = [];
  simulator!: Simulator;
  url = '';
  private app!: NestFastifyApplication;
  private base = '';
  private server!: Server;
  private readonly answersByPath = new Map<string, { status: number; body: string; type: string } | 'hang'>();

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.receive(request, response));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const module = SimulatorModule.register({
      authId: this.authId,
      authToken: this.authToken,
      answerUrl: '',
      hangupUrl: '',
      clock: this.clock,
      numbers: DEMO_NUMBERS,
    });
    const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
    this.app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false });
    await this.app.listen(0, '127.0.0.1');
    this.base = await this.app.getUrl();
    this.simulator = this.app.get(Simulator);
    await this.clean();
  }

  async clean(): Promise<void> {
    await this.control('POST', 'reset');
    await this.settled();
    this.simulator.configure({ answerUrl: `${this.url}/answer`, hangupUrl: `${this.url}/hangup` });
    this.answersByPath.clear();
    this.requests.length = 0;
  }

  async stop(): Promise<void> {
    await this.app.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  answers(path: string, body: string, status = 200, type = 'application/xml'): void {
    this.answersByPath.set(path, { status, body, type });
  }

  hangs(path: string): void {
    this.answersByPath.set(path, 'hang');
  }

  received(path: string): Received[] {
    return this.requests.filter((request) => request.path === path);
  }

  async call(from: string, to: string): Promise<string> {
    const { status, body } = await this.control('POST', 'calls', { from, to });
    if (status !== 201) throw new Error(`the call was refused: ${status}`);
    return body['call_uuid'] as unknown as string;
  }

  /** The call's history once it got that far. */
  async reaches(uuid: string, milestone: string) {
    const { status, body } = await this.control('GET', `calls/${uuid}?wait_for=${milestone}&timeout=5`);
    if (status !== 200) throw new Error(`not ${milestone}: ${JSON.stringify(body)}`);
    return body;
  }

  advance(seconds: number) {
    return this.control('POST', 'clock', { advance_seconds: seconds });
  }

  /** Lets what is under way arrive, without moving the clock. */
  settled() {
    return this.advance(0);
  }

  control(method: string, path: string, body?: unknown) {
    return this.request(method, `/simulator/control/${path}`, { body });
  }

  rest(method: string, path: string, body?: unknown, credentials = `${this.authId}:${this.authToken}`) {
    const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    return this.request(method, `/simulator/v1/Account/${this.authId}/${path}`, { body, headers: { authorization } });
  }

  private async request(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> },
  ) {
    const response = await fetch(this.base + path, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, text, body: (type.includes('json') ? JSON.parse(text) : {}) as Json };
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    const url = request.url ?? '';
    const { pathname: path, searchParams } = new URL(url, this.url);
    const method = request.method ?? '';
    const params = Object.fromEntries(method === 'GET' ? searchParams : new URLSearchParams(raw));
    this.requests.push({ method, url, path, headers: request.headers, params, raw });
    const answer = this.answersByPath.get(path) ?? { status: 200, body: '<Response/>', type: 'text/xml' };
    if (answer === 'hang') return;
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  }
}

const bench = new SimulatorBench();

beforeAll(() => bench.start());
afterEach(() => bench.clean());
afterAll(() => bench.stop());

const dial = (attributes = '', numbers = `<Number>+${CALLEE}</Number>`) =>
  `<Response><Dial callerId="+${VIRTUAL}" callerName="+${VIRTUAL}" callbackUrl="${bench.url}/events" ` +
  `action="${bench.url}/action" ${attributes}>${numbers}</Dial></Response>`;

async function talk(xml = dial()): Promise<string> {
  bench.answers('/answer', xml);
  const uuid = await bench.call(CALLER, VIRTUAL);
  await bench.reaches(uuid, 'ringing');
  await bench.control('POST', `phones/${CALLEE}/answer`);
  await bench.reaches(uuid, 'bridged');
  return uuid;
}

describe('an inbound call', () => {
  it('asks the answer URL as Plivo does', async () => {
    bench.answers('/answer', '<Response/>');
    const uuid = await bench.call(`+${CALLER}`, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    const [answer] = bench.received('/answer');
    expect(answer?.method).toBe('POST');
    expect(answer?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(answer?.params).toMatchObject({
      CallUUID: uuid,
      From: CALLER,
      To: VIRTUAL,
      CallerName: CALLER,
      Direction: 'inbound',
      CallStatus: 'ringing',
      Event: 'StartApp',
      BillRate: '0.0085',
      ParentAuthID: bench.authId,
      CountryCode: 'US',
    });
    expect(answer?.params['SessionStart']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    expect(Object.keys(answer?.params ?? {})).toEqual(Object.keys(answer?.params ?? {}).toSorted());
  });

  it('ends with 4010, unanswered and free, when the document is empty', async () => {
    bench.answers('/answer', '<Response/>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      Event: 'Hangup',
      CallStatus: 'completed',
      HangupCauseCode: '4010',
      HangupCauseName: 'End Of XML Instructions',
      Duration: '0',
      BillDuration: '0',
      TotalCost: '0.00000',
      AnswerTime: '',
    });
  });

  it.each(['anonymous', 'sip:someone@phone.example', '04155550111', ''])(
    'passes the caller %p through',
    async (from) => {
      bench.answers('/answer', '<Response/>');
      const uuid = await bench.call(from, VIRTUAL);
      await bench.reaches(uuid, 'settled');
      expect(bench.received('/answer')[0]?.params['From']).toBe(from);
    },
  );

  it('shows the callee the caller ID of the Dial and never the caller', async () => {
    bench.answers('/answer', dial());
    const uuid = await bench.call(CALLER, VIRTUAL);
    const phone = await bench.control('GET', `phones/${CALLEE}?wait_for=ringing&timeout=5`);
    expect(phone.body).toMatchObject({
      number: CALLEE,
      state: 'ringing',
      ringing: [{ call_uuid: uuid, caller_id: VIRTUAL, caller_name: `+${VIRTUAL}` }],
    });
    expect(JSON.stringify(phone.body)).not.toContain(CALLER);
  });

  it('shows the callee the real caller where the Dial names no caller ID, as Plivo would', async () => {
    bench.answers('/answer', `<Response><Dial><Number>${CALLEE}</Number></Dial></Response>`);
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    const { body } = await bench.control('GET', 'sightings');
    expect(body.items).toMatchObject([
      { phone: CALLEE, caller_id: CALLER, caller_name: CALLER, call_uuid: uuid, at: expect.any(String) },
    ]);
  });

  it('bridges, bills both legs by the minute and reports the callee who hangs up', async () => {
    const uuid = await talk();
    bench.answers('/action', '<Response/>');
    await bench.advance(66);
    await bench.control('POST', `phones/${CALLEE}/hangup`);
    const call = await bench.reaches(uuid, 'settled');

    const kinds = bench.requests.map(({ params }) => params['DialAction'] ?? params['Event']);
    expect(kinds).toEqual(['StartApp', 'answer', 'connected', 'hangup', 'Redirect', 'Hangup']);
    const bLeg = (call['legs'] as unknown as { leg_uuid: string }[])[1]!.leg_uuid;
    expect(bench.received('/events')[2]?.params).toMatchObject({
      Event: 'DialHangup',
      CallUUID: uuid,
      DialALegUUID: uuid,
      DialBLegUUID: bLeg,
      DialBLegStatus: 'hangup',
      DialBLegFrom: `+${VIRTUAL}`,
      DialBLegTo: CALLEE,
      DialBLegPosition: '1',
      DialBLegDuration: '66',
      DialBLegBillDuration: '120',
      DialBLegBillRate: '0.0120',
      DialBLegTotalCost: '0.02400',
      DialBLegHangupCause: 'NORMAL_CLEARING',
      DialBLegHangupCauseCode: '4000',
      DialBLegHangupCauseName: 'Normal Hangup',
      DialBLegHangupSource: 'Callee',
    });
    expect(bench.received('/action')[0]?.params).toMatchObject({
      DialStatus: 'completed',
      DialRingStatus: 'true',
      DialHangupCause: 'NORMAL_CLEARING',
      DialALegUUID: uuid,
      DialBLegUUID: bLeg,
      CallStatus: 'in-progress',
    });
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      Duration: '66',
      BillDuration: '120',
      BillRate: '0.0085',
      TotalCost: '0.01700',
      HangupCause: 'NORMAL_CLEARING',
      HangupCauseCode: '4000',
      HangupSource: 'Callee',
      CallStatus: 'completed',
    });
  });

  it('fetches no action for a caller who hung up, and still posts one that is a mere notification', async () => {
    const gone = await talk();
    await bench.control('POST', `phones/${CALLER}/hangup`);
    await bench.reaches(gone, 'settled');
    expect(bench.received('/action')).toEqual([]);
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ HangupCauseCode: '4000', HangupSource: 'Caller' });
    expect(bench.received('/events')[2]?.params).toMatchObject({ DialBLegHangupSource: 'Caller' });

    const notified = await talk(dial('redirect="false"'));
    await bench.control('POST', `phones/${CALLER}/hangup`);
    await bench.reaches(notified, 'settled');
    expect(bench.received('/action')[0]?.params).toMatchObject({ Event: 'DialAction', DialStatus: 'completed' });
    expect(bench.requests.at(-1)?.params['Event']).toBe('Hangup');
  });

  it('posts a notifying action only once when the callee hangs up, then runs the next element', async () => {
    const xml = dial('redirect="false"').replace('</Response>', '<Speak>bye</Speak></Response>');
    const uuid = await talk(xml);
    await bench.control('POST', `phones/${CALLEE}/hangup`);
    await bench.advance(2);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/action')).toHaveLength(1);
    expect(bench.received('/hangup')[0]?.params['HangupCauseCode']).toBe('4010');
    const { body } = await bench.control('GET', `phones/${CALLER}`);
    expect(body.captions).toMatchObject([{ kind: 'speak', text: 'bye', call_uuid: uuid }]);
  });

  it.each([
    ['no-answer', 'no-answer', 'NO_ANSWER', '6010', 'Plivo', 'true'],
    ['decline', 'busy', 'CALL_REJECTED', '3020', 'Callee', 'true'],
    ['busy', 'busy', 'USER_BUSY', '3010', 'Carrier', 'false'],
    ['unreachable', 'failed', 'NETWORK_OUT_OF_ORDER', '5000', 'Carrier', 'false'],
  ])('reports a callee who is %s', async (behaviour, status, cause, code, source, hasRung) => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour });
    bench.answers('/answer', dial('timeout="20"'));
    bench.answers('/action', '<Response><Hangup/></Response>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    if (behaviour === 'no-answer') {
      await bench.reaches(uuid, 'ringing');
      await bench.advance(19);
      expect(bench.received('/action')).toEqual([]);
      await bench.advance(2);
    }
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/events').map(({ params }) => params['DialAction'])).toEqual(['hangup']);
    expect(bench.received('/events')[0]?.params).toMatchObject({
      DialBLegHangupCauseCode: code,
      DialBLegHangupSource: source,
      DialBLegDuration: '0',
      DialBLegTotalCost: '0.00000',
    });
    expect(bench.received('/action')[0]?.params).toMatchObject({
      DialStatus: status,
      DialHangupCause: cause,
      DialRingStatus: hasRung,
      DialBLegUUID: '',
      CallStatus: 'ringing',
    });
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ BillDuration: '0', TotalCost: '0.00000' });
  });

  it('cancels the ringing phone when the caller gives up', async () => {
    bench.answers('/answer', dial('redirect="false"'));
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.control('POST', `phones/${CALLER}/hangup`);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/action')[0]?.params).toMatchObject({ DialStatus: 'cancel', DialBLegUUID: '' });
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      HangupCause: 'ORIGINATOR_CANCEL',
      HangupCauseCode: '1000',
      HangupSource: 'Caller',
    });
    expect((await bench.control('GET', `phones/${CALLEE}`)).body.state).toBe('idle');
  });

  it('cuts the conversation at the time limit, counted from the answer', async () => {
    bench.answers('/action', '<Response/>');
    bench.answers('/answer', dial('timeLimit="300" timeout="60"'));
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.advance(30);
    await bench.control('POST', `phones/${CALLEE}/answer`);
    await bench.advance(299);
    expect((await bench.control('GET', `calls/${uuid}`)).body.status).toBe('bridged');
    await bench.advance(1);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/events').at(-1)?.params).toMatchObject({
      DialBLegHangupCauseCode: '6000',
      DialBLegHangupCause: 'ALLOTTED_TIMEOUT',
      DialBLegDuration: '300',
      DialBLegBillDuration: '300',
    });
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ HangupCauseCode: '6000', Duration: '300' });
  });

  it('lets a phone answer by itself after its seconds', async () => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'answer', after_seconds: 10 });
    bench.answers('/answer', dial());
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.advance(9);
    expect((await bench.control('GET', `calls/${uuid}`)).body.status).toBe('ringing');
    await bench.advance(1);
    expect((await bench.control('GET', `calls/${uuid}`)).body.status).toBe('bridged');
  });

  it('is answered once, even by a person who is quicker than the phone that answers by itself', async () => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'answer', after_seconds: 10 });
    const uuid = await talk();
    await bench.advance(30);
    expect(bench.received('/events').map(({ params }) => params['DialAction'])).toEqual(['answer', 'connected']);
    expect((await bench.control('GET', `calls/${uuid}`)).body['status']).toBe('bridged');
  });

  it('reports every number once when one is busy and the other rings in vain', async () => {
    const other = '14155550133';
    await bench.control('PUT', `phones/${other}`, { behaviour: 'busy' });
    bench.answers('/answer', dial('timeout="20"', `<Number>${other}</Number><Number>${CALLEE}</Number>`));
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.advance(20);
    await bench.reaches(uuid, 'settled');
    const ends = bench.received('/events').map(({ params }) => params['DialBLegHangupCauseCode']);
    expect(ends).toEqual(['3010', '6010']);
    expect(bench.received('/action')[0]?.params).toMatchObject({ DialStatus: 'no-answer', DialRingStatus: 'true' });
  });

  it('rings several numbers at once and tells the losers of the race', async () => {
    const other = '14155550133';
    bench.answers('/answer', dial('', `<Number>${CALLEE}</Number><Number>${other}</Number>`));
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.control('POST', `phones/${other}/answer`);
    await bench.reaches(uuid, 'bridged');
    await bench.settled();
    const events = bench.received('/events').map(({ params }) => [params['DialAction'], params['DialBLegPosition']]);
    expect(events).toEqual([
      ['answer', '2'],
      ['hangup', '1'],
      ['connected', '2'],
    ]);
    expect(bench.received('/events')[1]?.params['DialBLegHangupCauseCode']).toBe('9000');
  });

  it.each([
    ['a caller ID that is not rented', 'callerId="14155550199"', CALLEE, '3030'],
    ['the caller itself', `callerId="${VIRTUAL}"`, CALLER, '2060'],
    ['the number that was called', `callerId="${VIRTUAL}"`, VIRTUAL, '2060'],
    ['no number', `callerId="${VIRTUAL}"`, '911', '2000'],
  ])('fails a leg with %s', async (_what, attributes, number, code) => {
    bench.answers(
      '/answer',
      `<Response><Dial ${attributes} callbackUrl="${bench.url}/events"><Number>${number}</Number></Dial></Response>`,
    );
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/events')[0]?.params).toMatchObject({ DialBLegHangupCauseCode: code });
    expect((await bench.control('GET', 'sightings')).body.items).toEqual([]);
  });

  it.each([
    ['rejected', '3020', 'CALL_REJECTED'],
    ['busy', '3010', 'USER_BUSY'],
  ])('turns a caller away unbilled with Hangup reason %s', async (reason, code, cause) => {
    bench.answers('/answer', `<Response><Hangup reason="${reason}"/></Response>`);
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      HangupCauseCode: code,
      HangupCause: cause,
      HangupSource: 'Answer XML',
      TotalCost: '0.00000',
    });
  });

  it('answers and bills a call that hears something', async () => {
    bench.answers('/answer', '<Response><Speak>Sorry</Speak><Wait length="3"/><Hangup/></Response>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'answered');
    await bench.advance(10);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      Duration: '4',
      BillDuration: '60',
      TotalCost: '0.00850',
      HangupCauseCode: '4000',
      HangupSource: 'Answer XML',
    });
  });

  it('follows a Redirect and stops at a scheduled Hangup', async () => {
    bench.answers('/answer', `<Response><Redirect method="GET">${bench.url}/more?a=1</Redirect></Response>`);
    bench.answers('/more', '<Response><Hangup schedule="30"/><Play loop="0">http://a.example/m.mp3</Play></Response>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'answered');
    await bench.advance(30);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/more')[0]).toMatchObject({ method: 'GET', params: { a: '1', Event: 'Redirect' } });
    const names = [...new URL(bench.received('/more')[0]?.url ?? '', bench.url).searchParams.keys()];
    expect(names).toEqual([...Object.keys(bench.received('/answer')[0]?.params ?? {}), 'a']);
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ HangupCauseCode: '6000', Duration: '30' });
  });
});

describe('an application that fails', () => {
  it.each([
    ['invalid XML', 200, '<Response><Nope/></Response>', '8011'],
    ['an empty body', 200, '', '8011'],
    ['an error', 500, 'oops', '7011'],
  ])('answers with %s: the call ends with the code for that', async (_what, status, body, code) => {
    bench.answers('/answer', body, status);
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/answer')).toHaveLength(1);
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ HangupCauseCode: code, HangupSource: 'Error' });
  });

  it('answers with a document that is not declared as XML: 8011', async () => {
    bench.answers('/answer', '<Response/>', 200, 'text/html');
    const call = await bench.reaches(await bench.call(CALLER, VIRTUAL), 'settled');
    expect(call['documents']).toMatchObject([{ error: 'the Content-Type is not XML' }]);
    expect(bench.received('/hangup')[0]?.params['HangupCauseCode']).toBe('8011');
  });

  it.each([
    ['an invalid document', 200, '<Response>', '8012'],
    ['nothing useful', 404, '', '7012'],
  ])('answers the action with %s', async (_what, status, body, code) => {
    bench.answers('/action', body, status);
    const uuid = await talk();
    await bench.control('POST', `phones/${CALLEE}/hangup`);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ HangupCauseCode: code, HangupSource: 'Error' });
  });

  it.each([
    ['action="nonsense"', '7022'],
    [`action="http://127.0.0.1:1/x" method="PUT"`, '7032'],
  ])('names an unusable action: %s', async (action, code) => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'busy' });
    bench.answers('/answer', `<Response><Dial ${action}><Number>${CALLEE}</Number></Dial></Response>`);
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')[0]?.params['HangupCauseCode']).toBe(code);
  });

  it('is asked again as often as the URL says, each time with a good signature', async () => {
    bench.simulator.configure({ answerUrl: `${bench.url}/answer#rc=3&rp=5xx` });
    bench.answers('/answer', 'oops', 503);
    const uuid = await bench.call(CALLER, VIRTUAL);
    const call = await bench.reaches(uuid, 'settled');
    expect(bench.received('/answer')).toHaveLength(4);
    expect(call['webhooks']![0]).toMatchObject({ kind: 'answer', attempts: 4, status: 503, outcome: 'refused' });
    const nonces = bench.received('/answer').map(({ headers }) => headers['x-plivo-signature-v3-nonce']);
    expect(new Set(nonces).size).toBe(4);
  });

  it('cannot be reached: one retry, then 7011', async () => {
    bench.simulator.configure({ answerUrl: 'http://127.0.0.1:1/answer' });
    const uuid = await bench.call(CALLER, VIRTUAL);
    const call = await bench.reaches(uuid, 'settled');
    expect(call['webhooks']![0]).toMatchObject({ attempts: 2, status: null, outcome: 'failed' });
    expect(bench.received('/hangup')[0]?.params['HangupCauseCode']).toBe('7011');
  });

  it('hangs: the read time-out of the fragment ends the wait', async () => {
    bench.simulator.configure({ answerUrl: `${bench.url}/answer#rt=100&rc=1` });
    bench.hangs('/answer');
    const uuid = await bench.call(CALLER, VIRTUAL);
    const call = await bench.reaches(uuid, 'settled');
    expect(call['webhooks']![0]).toMatchObject({ attempts: 2, outcome: 'failed' });
    expect(bench.received('/answer')).toHaveLength(2);
  });

  it('gets the hang-up at its answer URL when it named no other', async () => {
    bench.simulator.configure({ hangupUrl: '' });
    bench.answers('/answer', '<Response/>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/answer').map(({ params }) => params['Event'])).toEqual(['StartApp', 'Hangup']);
  });
});

describe('signatures', () => {
  const verdicts = () =>
    bench.requests.map(({ method, url, headers, params }) =>
      (['x-plivo-signature-v3', 'x-plivo-signature-ma-v3'] as const).map((name) =>
        validateV3Signature(
          method,
          bench.url + url,
          `${headers['x-plivo-signature-v3-nonce']}`,
          bench.authToken,
          `${headers[name]}`,
          method === 'GET' ? {} : params,
        ),
      ),
    );

  it('satisfy the official validator on every webhook of a call', async () => {
    bench.simulator.configure({ answerUrl: `${bench.url}/answer?tenant=a%20b&x=%2B1#rc=2` });
    bench.answers('/action', `<Response><Redirect method="GET">${bench.url}/more?z=a+b</Redirect></Response>`);
    const uuid = await talk();
    await bench.control('POST', `phones/${CALLEE}/hangup`);
    await bench.reaches(uuid, 'settled');
    expect(bench.requests).toHaveLength(7);
    expect(verdicts().flat().every(Boolean)).toBe(true);
  });

  it('are wrong when that fault is ordered', async () => {
    await bench.control('POST', 'faults', { bad_signature: true });
    bench.answers('/answer', '<Response/>');
    await bench.reaches(await bench.call(CALLER, VIRTUAL), 'settled');
    expect(verdicts().flat()).toEqual([false, false, false, false]);
  });
});

describe('faults', () => {
  it('lose, repeat and reorder webhooks', async () => {
    await bench.control('POST', 'faults', { lose: ['hangup'], duplicate: ['dial-action'], reorder: ['dial-event'] });
    bench.answers('/action', '<Response/>');
    const uuid = await talk();
    await bench.control('POST', `phones/${CALLEE}/hangup`);
    const call = await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')).toEqual([]);
    expect((call['webhooks']! as unknown[]).at(-1)).toMatchObject({ kind: 'hangup', outcome: 'lost', attempts: 0 });
    const [first, second] = bench.received('/action');
    expect(second?.raw).toBe(first?.raw);
    expect(second?.headers['x-plivo-signature-v3-nonce']).toBe(first?.headers['x-plivo-signature-v3-nonce']);
    const order = bench.requests.map(({ params }) => params['Event']);
    expect(order.indexOf('DialHangup')).toBeGreaterThan(order.indexOf('Redirect'));
  });

  it('delay every webhook on the clock', async () => {
    await bench.control('POST', 'faults', { delay_ms: 60_000 });
    bench.answers('/answer', '<Response/>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.advance(59);
    expect(bench.requests).toEqual([]);
    await bench.advance(1);
    expect(bench.received('/answer')).toHaveLength(1);
    await bench.advance(60);
    await bench.reaches(uuid, 'settled');
  });

  it('are gone after DELETE', async () => {
    await bench.control('POST', 'faults', { lose: 1 });
    await bench.control('DELETE', 'faults');
    bench.answers('/answer', '<Response/>');
    await bench.reaches(await bench.call(CALLER, VIRTUAL), 'settled');
    expect(bench.requests).toHaveLength(2);
  });
});

describe('an outbound call', () => {
  const order = () => ({
    from: VIRTUAL,
    to: `+${CALLEE}`,
    answer_url: `${bench.url}/answer`,
    ring_url: `${bench.url}/ring`,
    hangup_url: `${bench.url}/hangup`,
    ring_timeout: 30,
    time_limit: 600,
  });

  it('rings first, asks the answer URL once answered, and stops at its time limit', async () => {
    bench.answers('/answer', '<Response><Play loop="0">http://a.example/m.mp3</Play></Response>');
    const fired = await bench.rest('POST', 'Call/', order());
    expect(fired).toMatchObject({ status: 201, body: { message: 'call fired', api_id: expect.any(String) } });
    const uuid = `${fired.body['request_uuid']}`;
    await bench.reaches(uuid, 'ringing');
    await bench.settled();
    expect(bench.requests.map(({ params }) => [params['Event'], params['CallStatus']])).toEqual([['Ring', 'ringing']]);
    expect((await bench.rest('GET', 'Call/?status=live')).body).toMatchObject({ calls: [uuid] });
    expect((await bench.rest('GET', `Call/${uuid}/?status=live`)).body).toMatchObject({
      call_uuid: uuid,
      direction: 'outbound',
      call_status: 'ringing',
      request_uuid: uuid,
    });

    await bench.control('POST', `phones/${CALLEE}/answer`);
    await bench.reaches(uuid, 'answered');
    await bench.settled();
    expect(bench.received('/answer')[0]?.params).toMatchObject({
      Event: 'StartApp',
      Direction: 'outbound',
      CallStatus: 'in-progress',
      CallUUID: uuid,
      ALegUUID: uuid,
      RequestUUID: uuid,
      From: VIRTUAL,
      To: CALLEE,
    });
    await bench.advance(600);
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      CallStatus: 'completed',
      HangupCauseCode: '6000',
      Duration: '600',
      TotalCost: '0.12000',
    });
  });

  it.each([
    ['no-answer', 'no-answer', '6010'],
    ['busy', 'busy', '3010'],
    ['decline', 'busy', '3020'],
    ['unreachable', 'failed', '5000'],
  ])('to a phone that is %s says so in its hang-up', async (behaviour, status, code) => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour });
    await bench.rest('POST', 'Call/', order());
    await bench.advance(30);
    expect(bench.received('/answer')).toEqual([]);
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ CallStatus: status, HangupCauseCode: code });
  });

  it('from a number that is not rented fails with 3030', async () => {
    await bench.rest('POST', 'Call/', { ...order(), from: '14155550199' });
    await bench.settled();
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ CallStatus: 'failed', HangupCauseCode: '3030' });
  });

  it('is hung up through the API', async () => {
    const uuid = `${(await bench.rest('POST', 'Call/', order())).body['request_uuid']}`;
    expect((await bench.rest('DELETE', `Call/${uuid}/`)).status).toBe(204);
    await bench.settled();
    expect(bench.received('/hangup')[0]?.params).toMatchObject({
      CallStatus: 'cancel',
      HangupCauseCode: '1000',
      HangupSource: 'API Request',
    });
    expect((await bench.rest('DELETE', `Call/${uuid}/`)).status).toBe(404);
  });

  it.each(['from', 'to', 'answer_url'])('is refused without %s', async (name) => {
    const { status, body } = await bench.rest('POST', 'Call/', { ...order(), [name]: undefined });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: `${name} parameter is missing` } });
  });

  it('cannot be used to hang up everything', async () => {
    const uuid = await talk();
    expect((await bench.rest('DELETE', 'Call/')).status).toBe(400);
    expect((await bench.control('GET', `calls/${uuid}`)).body['status']).toBe('bridged');
  });
});

describe('call records', () => {
  it('exist for both finished legs and for no live one', async () => {
    await bench.control('PUT', 'settings', { time_zone_offset: '+05:30', outbound_rate: '0.01781' });
    const uuid = await talk();
    expect((await bench.rest('GET', `Call/${uuid}/`)).status).toBe(404);
    await bench.advance(61);
    await bench.control('POST', `phones/${CALLER}/hangup`);
    await bench.reaches(uuid, 'settled');

    const own = await bench.rest('GET', `Call/${uuid}/`);
    expect(own.body).toMatchObject({
      call_uuid: uuid,
      parent_call_uuid: null,
      call_direction: 'inbound',
      call_state: 'ANSWER',
      from_number: CALLER,
      to_number: VIRTUAL,
      bill_duration: 61,
      billed_duration: 120,
      total_rate: '0.00850',
      total_amount: '0.01700',
      hangup_cause_code: 4000,
      hangup_source: 'Caller',
    });
    expect(own.body['end_time']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+05:30$/);
    const children = await bench.rest('GET', `Call/?parent_call_uuid=${uuid}`);
    expect(children.body).toMatchObject({
      meta: { total_count: 1, next: null, previous: null, limit: 20, offset: 0 },
      objects: [{ parent_call_uuid: uuid, call_direction: 'outbound', to_number: CALLEE, total_amount: '0.03562' }],
    });
    expect((await bench.rest('GET', `Call/?to_number=%2B${CALLEE}`)).body).toMatchObject({ meta: { total_count: 1 } });
    expect((await bench.rest('GET', 'Call/?from_number=14155550199')).body).toMatchObject({ objects: [] });
    const times = bench.received('/hangup')[0]?.params ?? {};
    expect(`${own.body['end_time']}`).toBe(`${times['EndTime']}+05:30`);
  });

  it('appear late when the account is told to be slow, and can be asked for by time', async () => {
    await bench.control('PUT', 'settings', { cdr_delay_seconds: 30 });
    bench.answers('/answer', '<Response/>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'settled');
    expect((await bench.rest('GET', `Call/${uuid}/`)).status).toBe(404);
    await bench.advance(31);
    expect((await bench.rest('GET', `Call/${uuid}/`)).body).toMatchObject({ answer_time: null, billed_duration: 0 });
    const tomorrow = new Date(bench.clock.now() + 86_400_000).toISOString().slice(0, 16).replace('T', ' ');
    const count = async (filter: string) =>
      (await bench.rest('GET', `Call/?${filter}=${encodeURIComponent(tomorrow)}`)).body['meta'] as unknown;
    expect(await count('end_time__lt')).toMatchObject({ total_count: 1 });
    expect(await count('end_time__gt')).toMatchObject({ total_count: 0 });
    expect((await bench.rest('GET', 'Call/?end_time__gt=yesterday')).status).toBe(400);
  });
});

describe('the REST API', () => {
  it.each(['', `${'MA'.padEnd(20, 'Y')}:a-token-of-the-bench`, 'MAXXXXXXXXXXXXXXXXXX:wrong'])(
    'answers 401 in plain text to %p',
    async (credentials) => {
      const refused = await bench.rest('GET', 'Number/', undefined, credentials);
      expect(refused).toMatchObject({ status: 401, type: expect.stringContaining('text/plain') });
      expect(refused.text).not.toContain('{');
    },
  );

  it('lists numbers by pages of twenty at most, with filters', async () => {
    const first = await bench.rest('GET', 'Number/?limit=2&services=voice');
    expect(first.body).toMatchObject({
      api_id: expect.any(String),
      meta: { limit: 2, offset: 0, previous: null, total_count: 5 },
      objects: [{ number: '14155550100', voice_enabled: true, country: 'US' }, { number: '14155550101' }],
    });
    const { next } = first.body['meta'] as unknown as { next: string };
    expect(next).toBe(`/v1/Account/${bench.authId}/Number/?limit=2&services=voice&offset=2`);
    const british = await bench.rest('GET', 'Number?number_startswith=44');
    expect(british.body).toMatchObject({ meta: { total_count: 2 }, objects: [{ country: 'GB' }, { country: 'GB' }] });
    expect((await bench.rest('GET', 'Number/?services=sms')).body).toMatchObject({ meta: { total_count: 5 } });
    expect((await bench.rest('GET', 'Number/?services=mms')).body).toMatchObject({ meta: { total_count: 3 } });
    expect((await bench.rest('GET', 'Number/?limit=21')).status).toBe(400);
  });

  it('sends the calls of a number to the application attached to it', async () => {
    const created = await bench.rest('POST', 'Application/', {
      app_name: 'other',
      answer_url: `${bench.url}/other`,
      hangup_url: `${bench.url}/other-hangup`,
    });
    expect(created).toMatchObject({
      status: 201,
      body: { message: 'created', app_id: expect.stringMatching(/^\d+$/) },
    });
    const appId = `${created.body['app_id']}`;
    const changed = await bench.rest('POST', `Number/${VIRTUAL}/`, { app_id: appId, alias: 'mine', subaccount: 'SA1' });
    expect(changed).toMatchObject({ status: 202, body: { message: 'changed' } });
    expect((await bench.rest('GET', `Number/+${VIRTUAL}/`)).body).toMatchObject({
      alias: 'mine',
      application: `/v1/Account/${bench.authId}/Application/${appId}/`,
    });
    expect((await bench.rest('GET', 'Number/?subaccount=SA1')).body).toMatchObject({ meta: { total_count: 1 } });

    await bench.reaches(await bench.call(CALLER, VIRTUAL), 'settled');
    expect(bench.requests.map(({ path }) => path)).toEqual(['/other', '/other-hangup']);

    await bench.rest('POST', `Application/${appId}/`, { answer_url: `${bench.url}/third` });
    expect((await bench.rest('GET', `Application/${appId}/`)).body).toMatchObject({
      answer_url: `${bench.url}/third`,
      app_name: 'other',
      sip_uri: `sip:${appId}@app.plivo.com`,
    });
    expect((await bench.rest('GET', 'Application/')).body).toMatchObject({
      objects: [{ app_name: 'masking', answer_url: `${bench.url}/answer` }, { app_id: appId }],
    });
    expect((await bench.rest('DELETE', `Application/${appId}/`)).status).toBe(204);
    expect((await bench.rest('GET', `Number/${VIRTUAL}/`)).body).toMatchObject({ application: null });
  });

  it('tries the fallback URL of an application when its answer URL fails', async () => {
    const { body } = await bench.rest('POST', 'Application/', {
      app_name: 'with-fallback',
      answer_url: `${bench.url}/broken`,
      fallback_answer_url: `${bench.url}/fallback`,
      hangup_url: `${bench.url}/hangup`,
    });
    await bench.rest('POST', `Number/${VIRTUAL}/`, { app_id: body['app_id'] });
    bench.answers('/broken', 'oops', 500);
    await bench.reaches(await bench.call(CALLER, VIRTUAL), 'settled');
    expect(bench.requests.map(({ path }) => path)).toEqual(['/broken', '/fallback', '/hangup']);
    expect(bench.received('/hangup')[0]?.params['HangupCauseCode']).toBe('4010');
  });

  it.each([
    ['GET', 'Number/14155550999/', 404],
    ['GET', 'Application/1/', 404],
    ['GET', 'Call/no-such-call/', 404],
    ['POST', 'Application/', 400],
  ])('refuses %s %s with %d and a JSON error', async (method, path, status) => {
    const refused = await bench.rest(method, path, method === 'POST' ? {} : undefined);
    expect(refused).toMatchObject({ status, body: { api_id: expect.any(String), error: expect.any(String) } });
  });

  it('fails on order: 429, 500, or silence until the fault is lifted', async () => {
    await bench.control('POST', 'faults', { api: { status: 429 } });
    expect((await bench.rest('GET', 'Number/')).status).toBe(429);
    await bench.control('POST', 'faults', { api: { status: 500 } });
    expect((await bench.rest('POST', 'Call/', {})).status).toBe(500);
    await bench.control('POST', 'faults', { api: { hang: true } });
    const silent = bench.rest('GET', 'Number/');
    await bench.control('DELETE', 'faults');
    expect((await silent).status).toBe(200);
  });
});

describe('the control API', () => {
  it.each([
    ['POST', 'calls', { from: CALLER }],
    ['POST', 'calls', { from: CALLER, to: '14155550999' }],
    ['POST', 'calls', { from: CALLER, to: VIRTUAL, form: 'x' }],
    ['POST', 'clock', { advance_seconds: -1 }],
    ['POST', 'clock', {}],
    ['POST', 'faults', { lose: 2 }],
    ['POST', 'faults', { lose: ['everything'] }],
    ['POST', 'faults', { api: { status: 418 } }],
    ['PUT', 'settings', { inbound_rate: 'cheap' }],
    ['PUT', 'settings', { time_zone_offset: 'UTC' }],
    ['PUT', `phones/${CALLEE}`, { behaviour: 'friendly' }],
    ['POST', `phones/${CALLEE}/digits`, { digits: 'abc' }],
    ['POST', 'calls', []],
  ])('refuses %s %s %j as a problem', async (method, path, body) => {
    const refused = await bench.control(method, path, body);
    expect(refused).toMatchObject({
      status: 400,
      type: expect.stringContaining('application/problem+json'),
      body: { status: 400, code: 'invalid_request', detail: expect.any(String), request_id: expect.any(String) },
    });
  });

  it('waits no longer than asked: 408', async () => {
    expect((await bench.control('GET', `phones/${CALLEE}?wait_for=ringing&timeout=0.05`)).status).toBe(408);
    bench.hangs('/answer');
    const uuid = await bench.call(CALLER, VIRTUAL);
    expect((await bench.control('GET', `calls/${uuid}?wait_for=ringing&timeout=0.05`)).status).toBe(408);
    expect((await bench.control('GET', `calls/${uuid}?wait_for=lunch`)).status).toBe(400);
    expect((await bench.control('GET', 'calls/none')).status).toBe(404);
  });

  it('does not wait for what an ended call can no longer reach', async () => {
    bench.answers('/answer', '<Response/>');
    const uuid = await bench.call(CALLER, VIRTUAL);
    expect((await bench.control('GET', `calls/${uuid}?wait_for=bridged&timeout=60`)).status).toBe(408);
  });

  it.each(['answer', 'decline', 'hangup'])('cannot %s a phone that nobody calls', async (verb) => {
    expect((await bench.control('POST', `phones/${CALLEE}/${verb}`)).status).toBe(409);
  });

  it('declines, and keeps the digits that were pressed', async () => {
    bench.answers('/answer', dial('redirect="false"'));
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.control('POST', `phones/${CALLER}/digits`, { digits: '12#' });
    expect((await bench.control('POST', `phones/${CALLEE}/decline`)).body).toMatchObject({ state: 'idle' });
    await bench.reaches(uuid, 'settled');
    expect(bench.received('/action')[0]?.params['DialStatus']).toBe('busy');
    expect((await bench.control('GET', `phones/${CALLER}`)).body).toMatchObject({
      digits: [{ digits: '12#', call_uuid: uuid }],
    });
  });

  it('keeps the history of a call: legs, timeline, webhooks, documents', async () => {
    const uuid = await talk();
    await bench.control('POST', `phones/${CALLEE}/hangup`);
    const call = await bench.reaches(uuid, 'settled');
    expect(call).toMatchObject({ call_uuid: uuid, from: CALLER, to: VIRTUAL, status: 'ended' });
    expect((call['timeline'] as unknown as { what: string }[]).map(({ what }) => what)).toEqual([
      'call.started',
      'xml.received',
      'element',
      'leg.ringing',
      'heard.ringing',
      'leg.answered',
      'call.answered',
      'legs.bridged',
      'leg.ended',
      'xml.received',
      'call.ended',
    ]);
    expect(call['documents']).toMatchObject([{ xml: expect.stringContaining('<Dial'), error: null }, {}]);
    expect(call['webhooks']).toMatchObject([
      { kind: 'answer', status: 200, attempts: 1, response_body: expect.stringContaining('<Dial') },
      { kind: 'dial-event', headers: { 'X-Plivo-Signature-V3': expect.any(String) } },
      { kind: 'dial-event' },
      { kind: 'dial-event' },
      { kind: 'dial-action' },
      { kind: 'hangup', params: { Event: 'Hangup' } },
    ]);
    expect((await bench.control('GET', 'calls')).body).toMatchObject({ items: [{ call_uuid: uuid, status: 'ended' }] });
  });

  it('fires what falls due while the clock moves, each at its own instant, before it answers', async () => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'answer', after_seconds: 5 });
    bench.answers('/answer', dial('timeLimit="100"'));
    const uuid = await bench.call(CALLER, VIRTUAL);
    await bench.reaches(uuid, 'ringing');
    await bench.advance(3600);
    expect(bench.requests.map(({ params }) => params['Event'])).toEqual([
      'StartApp',
      'DialAnswer',
      'DialConnected',
      'DialHangup',
      'Redirect',
      'Hangup',
    ]);
    expect(bench.received('/hangup')[0]?.params).toMatchObject({ Duration: '100', BillDuration: '120' });
  });

  it('can leave out the dial hang-up callback and the action after a caller hung up', async () => {
    await bench.control('PUT', 'settings', { dial_hangup_callback: false, action_after_caller_hangup: 'never' });
    const quiet = await talk(dial('redirect="false"'));
    await bench.control('POST', `phones/${CALLER}/hangup`);
    await bench.reaches(quiet, 'settled');
    expect(bench.requests.map(({ params }) => params['Event'])).toEqual([
      'StartApp',
      'DialAnswer',
      'DialConnected',
      'Hangup',
    ]);
  });

  it('writes numbers with a plus sign when told to', async () => {
    await bench.control('PUT', 'settings', { plus_in_numbers: true });
    bench.answers('/answer', '<Response/>');
    await bench.reaches(await bench.call(CALLER, VIRTUAL), 'settled');
    expect(bench.received('/answer')[0]?.params).toMatchObject({ From: `+${CALLER}`, To: `+${VIRTUAL}` });
  });

  it('forgets everything on reset, live calls included, and tells nobody', async () => {
    const uuid = await talk();
    await bench.settled();
    const before = bench.requests.length;
    expect((await bench.control('POST', 'reset')).status).toBe(204);
    await bench.settled();
    expect(bench.requests).toHaveLength(before);
    expect((await bench.control('GET', `calls/${uuid}`)).status).toBe(404);
    expect((await bench.rest('GET', 'Call/?status=live')).body).toMatchObject({ calls: [] });
    expect((await bench.control('GET', `phones/${CALLEE}`)).body).toMatchObject({ state: 'idle', sightings: [] });
  });
});

import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeClock } from '../../test/support/ground.js';
import { DEMO_NUMBERS, Simulator, SimulatorModule } from './index.js';

const VIRTUAL = '14155550100';
const CALLER = '14155550111';
const CALLEE = '14155550122';
const OTHER = '14155550133';

interface Received {
  /** Seconds since the bench was cleaned. */
  at: number;
  method: string;
  path: string;
  params: Record<string, string>;
}

interface Leg {
  leg_uuid: string;
  to: string;
  answered_at: string | null;
  bridged_at: string | null;
  duration: number;
  billed_duration: number;
  cost: string | null;
  hangup_cause_code: number | null;
}

interface CallView {
  call_uuid: string;
  request_uuid: string;
  status: string;
  legs: [Leg, ...Leg[]];
  timeline: { what: string; leg?: string; sound?: string }[];
  webhooks: { kind: string; outcome: string; attempts: number }[];
}

interface PhoneView {
  state: string;
  types: string[];
  captions: { kind: string; text: string }[];
  digits: { digits: string; call_uuid: string | null }[];
}

interface CallRecord {
  call_uuid: string;
  bill_duration: number;
  hangup_cause_code: number;
  total_amount: string;
}

/** The simulator in an app of its own, its clock stopped, and an application that answers each path as it is told. */
class Bench {
  readonly authId = 'MAXXXXXXXXXXXXXXXXXX';
  readonly requests: Received[] = [];
  readonly clock = new FakeClock();
  simulator!: Simulator;
  url = '';
  private app!: NestFastifyApplication;
  private base = '';
  private server!: Server;
  private cleanedAt = 0;
  private readonly documents = new Map<string, (params: Record<string, string>) => string>();

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.receive(request, response));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const module = SimulatorModule.register({
      authId: this.authId,
      authToken: 'a-token-of-the-bench',
      answerUrl: `${this.url}/answer`,
      hangupUrl: `${this.url}/hangup`,
      clock: this.clock,
      numbers: DEMO_NUMBERS,
    });
    const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
    this.app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false });
    await this.app.listen(0, '127.0.0.1');
    this.base = await this.app.getUrl();
    this.simulator = this.app.get(Simulator);
    this.cleanedAt = this.clock.now();
  }

  async clean(): Promise<void> {
    await this.control('POST', 'reset');
    await this.advance(0);
    this.documents.clear();
    this.requests.length = 0;
    this.cleanedAt = this.clock.now();
  }

  async stop(): Promise<void> {
    await this.app.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The elements that a path answers with; a path that was not named answers with none, and `null` is no document at all. */
  answers(path: string, elements: string | null | ((params: Record<string, string>) => string)): void {
    const read = typeof elements === 'function' ? elements : () => elements ?? '';
    this.documents.set(path, (params) => (elements === null ? 'no document' : `<Response>${read(params)}</Response>`));
  }

  received(path: string): Received[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** What came in, in order: the part of each webhook that tells it from the others. */
  story(): string[] {
    return this.requests.map(({ params }) => params['DialAction'] ?? params['Event'] ?? '');
  }

  async call(from = CALLER, to = VIRTUAL): Promise<string> {
    const { body } = await this.control<{ call_uuid: string }>('POST', 'calls', { from, to });
    await this.advance(0);
    return body.call_uuid;
  }

  async view(uuid: string): Promise<CallView> {
    return (await this.control<CallView>('GET', `calls/${uuid}`)).body;
  }

  async phone(number: string): Promise<PhoneView> {
    return (await this.control<PhoneView>('GET', `phones/${number}`)).body;
  }

  async captions(number: string): Promise<string[]> {
    return (await this.phone(number)).captions.map(({ text }) => text);
  }

  /** Somebody does something at a phone, and everything that this sets off has arrived. */
  async does(number: string, action: 'answer' | 'decline' | 'hangup' | 'digits', body?: unknown): Promise<void> {
    const { status } = await this.control('POST', `phones/${number}/${action}`, body);
    if (status !== 200) throw new Error(`${action}: ${status}`);
    await this.advance(0);
  }

  async advance(seconds: number): Promise<void> {
    await this.simulator.advance(seconds * 1000);
  }

  control<Body = Record<string, unknown>>(method: string, path: string, body?: unknown) {
    return this.request<Body>(method, `/simulator/control/${path}`, body);
  }

  rest<Body = Record<string, unknown>>(method: string, path: string, body?: unknown) {
    return this.request<Body>(method, `/simulator/v1/Account/${this.authId}/${path}`, body);
  }

  private async request<Body>(method: string, path: string, body?: unknown) {
    const authorization = `Basic ${Buffer.from(`${this.authId}:a-token-of-the-bench`).toString('base64')}`;
    const response = await fetch(this.base + path, {
      method,
      headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname: path } = new URL(request.url ?? '', this.url);
    const params = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const at = (this.clock.now() - this.cleanedAt) / 1000;
    this.requests.push({ at, method: request.method ?? '', path, params });
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(this.documents.get(path)?.(params) ?? '<Response/>');
  }
}

const bench = new Bench();

beforeAll(() => bench.start());
afterEach(() => bench.clean());
afterAll(() => bench.stop());

const ask = (attributes = '', prompts = '<Play>http://a.example/prompt.mp3</Play>') =>
  `<GetDigits action="${bench.url}/digits" ${attributes}>${prompts}</GetDigits>`;
const dial = (attributes = '', numbers = `<Number>${CALLEE}</Number>`) =>
  `<Dial callerId="${VIRTUAL}" callbackUrl="${bench.url}/events" action="${bench.url}/action" ${attributes}>${numbers}</Dial>`;
const sound = () => `confirmSound="${bench.url}/sound"`;
const hangupOf = () => bench.received('/hangup')[0]?.params;

describe('GetDigits', () => {
  it('answers, prompts, and posts what was typed to its action, whose document takes over', async () => {
    bench.answers('/answer', `${ask('numDigits="4"')}<Speak>never heard</Speak>`);
    bench.answers('/digits', '<Speak>thank you</Speak>');
    const uuid = await bench.call();
    expect((await bench.view(uuid)).status).toBe('answered');
    await bench.advance(3);
    await bench.does(CALLER, 'digits', { digits: '1234' });
    expect(bench.received('/digits')).toMatchObject([
      {
        at: 3,
        method: 'POST',
        params: { Digits: '1234', Event: 'Redirect', CallUUID: uuid, CallStatus: 'in-progress' },
      },
    ]);
    expect((await bench.phone(CALLER)).captions).toMatchObject([
      { kind: 'play', text: 'http://a.example/prompt.mp3', call_uuid: uuid },
      { kind: 'speak', text: 'thank you' },
    ]);
  });

  it('is interrupted by a key: the rest of the prompt is not heard', async () => {
    await bench.control('PUT', 'settings', { speech_seconds: 10 });
    bench.answers('/answer', ask('numDigits="2" digitTimeout="20"', '<Speak>one</Speak><Speak>two</Speak>'));
    await bench.call();
    await bench.advance(4);
    await bench.does(CALLER, 'digits', { digits: '7' });
    await bench.advance(15);
    await bench.does(CALLER, 'digits', { digits: '8' });
    expect(bench.received('/digits')).toMatchObject([{ at: 19, params: { Digits: '78' } }]);
    expect(await bench.captions(CALLER)).toEqual(['one']);
  });

  it('waits for the first key from the end of the prompt, then runs the next element', async () => {
    bench.answers('/answer', `${ask('timeout="7"')}<Speak>too late</Speak>`);
    await bench.call();
    await bench.advance(7.9);
    expect(await bench.captions(CALLER)).toHaveLength(1);
    await bench.advance(0.1);
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/prompt.mp3', 'too late']);
    expect(bench.received('/digits')).toEqual([]);
  });

  it('posts what it has when the next key stays away', async () => {
    bench.answers('/answer', ask('timeout="10" digitTimeout="3"'));
    await bench.call();
    await bench.advance(2);
    await bench.does(CALLER, 'digits', { digits: '1' });
    await bench.advance(2);
    await bench.does(CALLER, 'digits', { digits: '2' });
    await bench.advance(2.9);
    expect(bench.received('/digits')).toEqual([]);
    await bench.advance(0.1);
    expect(bench.received('/digits')).toMatchObject([{ at: 7, params: { Digits: '12' } }]);
  });

  it.each([
    ['', '12#34', '12'],
    ['finishOnKey="*"', '1#2*3', '1#2'],
    ['finishOnKey="none" numDigits="3"', '1#2', '1#2'],
  ])('with %s takes %s as %s', async (attributes, typed, digits) => {
    bench.answers('/answer', ask(attributes));
    await bench.call();
    await bench.does(CALLER, 'digits', { digits: typed });
    expect(bench.received('/digits')).toMatchObject([{ params: { Digits: digits } }]);
  });

  it('prompts as often as it has attempts', async () => {
    bench.answers('/answer', `${ask('timeout="2" retries="3"')}<Speak>bye</Speak>`);
    await bench.call();
    await bench.advance(9);
    expect(await bench.captions(CALLER)).toEqual([...Array<string>(3).fill('http://a.example/prompt.mp3'), 'bye']);
    expect(bench.received('/digits')).toEqual([]);
  });

  it('never posts digits that are not valid', async () => {
    const attributes = 'validDigits="123" numDigits="2" retries="2" invalidDigitsSound="http://a.example/wrong.mp3"';
    bench.answers('/answer', ask(attributes));
    await bench.call();
    await bench.does(CALLER, 'digits', { digits: '14' });
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/prompt.mp3', 'http://a.example/wrong.mp3']);
    await bench.advance(1);
    await bench.does(CALLER, 'digits', { digits: '13' });
    expect(bench.received('/digits')).toMatchObject([{ at: 1, params: { Digits: '13' } }]);
  });

  it('only tells its action, and goes on, where that does not take over', async () => {
    bench.answers('/answer', `${ask('numDigits="1" redirect="false"')}<Speak>next</Speak>`);
    bench.answers('/digits', '<Speak>ignored</Speak>');
    await bench.call();
    await bench.does(CALLER, 'digits', { digits: '5' });
    expect(bench.received('/digits')).toHaveLength(1);
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/prompt.mp3', 'next']);
  });

  it('is typed into by a phone that was told beforehand what to type, one entry for each prompt', async () => {
    await bench.control('PUT', `phones/${CALLER}`, { types: ['1111', '', '2222'] });
    bench.answers('/answer', ask('numDigits="4" timeout="5"'));
    bench.answers('/digits', ask('numDigits="4" timeout="5" retries="2"'));
    await bench.call();
    await bench.advance(1);
    expect(bench.received('/digits').map(({ params }) => params['Digits'])).toEqual(['1111']);
    bench.answers('/digits', '<Hangup/>');
    await bench.advance(7);
    expect(bench.received('/digits')[1]).toMatchObject({ at: 8, params: { Digits: '2222' } });
    expect(await bench.phone(CALLER)).toMatchObject({ types: [], digits: [{ digits: '1111' }, { digits: '2222' }] });
  });

  it('hears nothing of keys that were pressed before it began', async () => {
    bench.answers('/answer', `<Wait length="5"/>${ask('numDigits="1" timeout="5"')}`);
    await bench.call();
    await bench.does(CALLER, 'digits', { digits: '9' });
    await bench.advance(20);
    expect(bench.received('/digits')).toEqual([]);
    expect(hangupOf()).toMatchObject({ HangupCauseCode: '4010', Duration: '6' });
  });

  it('ends with the caller who hangs up: nothing is posted', async () => {
    await bench.control('PUT', 'settings', { speech_seconds: 30 });
    bench.answers('/answer', ask('retries="2"'));
    await bench.call();
    await bench.advance(11);
    await bench.does(CALLER, 'digits', { digits: '1' });
    await bench.advance(1);
    await bench.does(CALLER, 'hangup');
    await bench.advance(100);
    expect(bench.story()).toEqual(['StartApp', 'Hangup']);
    expect(hangupOf()).toMatchObject({ HangupCauseCode: '4000', HangupSource: 'Caller', Duration: '12' });
  });

  it.each([
    ['an unusable action', `<GetDigits action="nonsense"><Speak>x</Speak></GetDigits>`, '7022'],
    ['an action that answers with no document', '', '8012'],
  ])('ends the call over %s', async (_what, xml, code) => {
    bench.answers('/answer', xml === '' ? ask() : xml);
    bench.answers('/digits', null);
    await bench.call();
    await bench.does(CALLER, 'digits', { digits: '1#' });
    expect(hangupOf()).toMatchObject({ HangupCauseCode: code, HangupSource: 'Error' });
  });
});

describe('Play before Dial', () => {
  it('is heard by the caller alone, whose leg counts from there', async () => {
    bench.answers('/answer', `<Play>http://a.example/hello.mp3</Play>${dial('timeout="20"')}`);
    const uuid = await bench.call();
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/hello.mp3']);
    expect((await bench.phone(CALLEE)).state).toBe('idle');
    await bench.advance(1);
    expect((await bench.phone(CALLEE)).state).toBe('ringing');
    await bench.advance(20);
    const { legs } = await bench.view(uuid);
    expect(legs).toMatchObject([
      { duration: 21, billed_duration: 60, cost: '0.00850' },
      { duration: 0, cost: '0.00000' },
    ]);
    expect(await bench.captions(CALLEE)).toEqual([]);
    expect(bench.received('/action')[0]?.params['DialStatus']).toBe('no-answer');
  });
});

describe('a confirm sound', () => {
  const answered = async (attributes = '', xml = dial(`${sound()} ${attributes}`)) => {
    bench.answers('/answer', xml);
    const uuid = await bench.call();
    await bench.does(CALLEE, 'answer');
    return uuid;
  };

  it('is asked for once the callee has answered, heard by the callee alone, and played before the two are connected', async () => {
    bench.answers('/sound', '<Play>http://a.example/for-you.mp3</Play><Wait length="2"/>');
    const uuid = await answered();
    expect(bench.story()).toEqual(['StartApp', 'answer', 'DialRemoteSounds']);
    expect(bench.received('/sound')).toMatchObject([{ method: 'POST', params: { CallUUID: uuid } }]);
    expect(await bench.captions(CALLEE)).toEqual(['http://a.example/for-you.mp3']);
    expect((await bench.view(uuid)).status).toBe('ringing');
    await bench.advance(2.9);
    expect(bench.story()).not.toContain('connected');
    await bench.advance(0.1);
    expect(bench.received('/events')[1]).toMatchObject({ at: 3, params: { DialAction: 'connected' } });
    expect((await bench.view(uuid)).status).toBe('bridged');
    expect(await bench.captions(CALLER)).toEqual([]);

    await bench.advance(10);
    await bench.does(CALLEE, 'hangup');
    const { legs } = await bench.view(uuid);
    expect(legs.map(({ duration }) => duration)).toEqual([10, 13]);
    expect(hangupOf()).toMatchObject({ HangupCauseCode: '4000', HangupSource: 'Callee', Duration: '10' });
  });

  it('is asked for before anybody is dialled where the account does it so', async () => {
    await bench.control('PUT', 'settings', { confirm_sound_fetch: 'before' });
    bench.answers('/sound', '<Speak>for you</Speak>');
    await answered();
    expect(bench.story()).toEqual(['StartApp', 'DialRemoteSounds', 'answer']);
    await bench.advance(1);
    expect(bench.story().at(-1)).toBe('connected');
  });

  it.each([
    ['is no document', null],
    ['holds more than sounds', '<Speak>x</Speak><Dial><Number>14155550133</Number></Dial>'],
    ['is empty', ''],
  ])('that %s is left out', async (_what, elements) => {
    bench.answers('/sound', elements);
    const uuid = await answered('confirmKey="1"');
    expect((await bench.view(uuid)).status).toBe('bridged');
    expect(await bench.captions(CALLEE)).toEqual([]);
  });

  it('without a key connects nobody where Plivo waits for one all the same, and ends with 9110', async () => {
    await bench.control('PUT', 'settings', { confirm_without_key: 'fails' });
    bench.answers('/sound', '<Speak>for you</Speak>');
    const uuid = await answered();
    await bench.does(CALLEE, 'digits', { digits: '1' });
    await bench.advance(119);
    expect((await bench.view(uuid)).status).toBe('ringing');
    await bench.advance(1);
    const { legs, status } = await bench.view(uuid);
    expect([legs[1]?.hangup_cause_code, status]).toEqual([9110, 'ended']);
    expect(await bench.captions(CALLEE)).toEqual(['for you']);
  });

  it('with a key connects who presses that key, and nobody by another', async () => {
    bench.answers('/sound', '<Speak>press one</Speak>');
    const uuid = await answered('confirmKey="1"');
    await bench.does(CALLEE, 'digits', { digits: '2' });
    await bench.does(CALLER, 'digits', { digits: '1' });
    await bench.advance(10);
    expect((await bench.view(uuid)).status).toBe('ringing');
    await bench.does(CALLEE, 'digits', { digits: '1' });
    await bench.advance(600);
    expect((await bench.view(uuid)).status).toBe('bridged');
  });

  it('is silenced by its key', async () => {
    await bench.control('PUT', 'settings', { speech_seconds: 10 });
    bench.answers('/sound', '<Speak>press one</Speak><Speak>please</Speak>');
    const uuid = await answered('confirmKey="1"');
    await bench.advance(5);
    await bench.does(CALLEE, 'digits', { digits: '1' });
    expect((await bench.view(uuid)).status).toBe('bridged');
    await bench.advance(30);
    expect(await bench.captions(CALLEE)).toEqual(['press one']);
  });

  it('that arrives after the callee has hung up is heard by nobody', async () => {
    bench.answers('/answer', dial(sound()));
    bench.answers('/sound', '<Speak>for you</Speak>');
    await bench.call();
    await bench.control('POST', 'faults', { delay_ms: 5000 });
    await bench.does(CALLEE, 'answer');
    await bench.advance(3);
    await bench.does(CALLEE, 'hangup');
    await bench.advance(60);
    expect(bench.received('/sound')).toHaveLength(1);
    expect(await bench.captions(CALLEE)).toEqual([]);
  });

  it('with a key is answered by a phone that was told what to type', async () => {
    await bench.control('PUT', `phones/${CALLEE}`, { types: ['1'] });
    bench.answers('/sound', '<Speak>press one</Speak>');
    const uuid = await answered('confirmKey="1"');
    await bench.advance(1);
    expect((await bench.view(uuid)).status).toBe('bridged');
  });

  it('ends the callee who presses nothing with 9110, counted from the answer and billed, whatever the ring time', async () => {
    bench.answers('/sound', '<Speak>press one</Speak>');
    const uuid = await answered('confirmKey="1" confirmTimeout="30" timeout="5"');
    await bench.advance(29);
    expect(bench.story().at(-1)).toBe('DialRemoteSounds');
    await bench.advance(1);
    expect(bench.received('/events').at(-1)?.params).toMatchObject({
      DialAction: 'hangup',
      DialBLegHangupCauseCode: '9110',
      DialBLegHangupCauseName: 'Confirm Key Challenge Failed',
      DialBLegDuration: '30',
      DialBLegBillDuration: '60',
    });
    const [, bLeg] = (await bench.view(uuid)).legs;
    expect(bench.received('/action')[0]?.params).toMatchObject({
      DialStatus: 'no-answer',
      DialRingStatus: 'true',
      DialBLegUUID: bLeg?.leg_uuid,
    });
    expect(hangupOf()).toMatchObject({ Duration: '0', TotalCost: '0.00000' });
  });

  it('ends with the callee who hangs up during it: billed, and never connected', async () => {
    await bench.control('PUT', 'settings', { speech_seconds: 20 });
    bench.answers('/sound', '<Speak>for you</Speak>');
    const uuid = await answered();
    await bench.advance(8);
    await bench.does(CALLEE, 'hangup');
    await bench.advance(60);
    expect(bench.story()).toEqual(['StartApp', 'answer', 'DialRemoteSounds', 'hangup', 'Redirect', 'Hangup']);
    expect(bench.received('/events').at(-1)?.params).toMatchObject({
      DialBLegHangupCauseCode: '4000',
      DialBLegHangupSource: 'Callee',
      DialBLegDuration: '8',
      DialBLegTotalCost: '0.01200',
    });
    expect((await bench.view(uuid)).legs[0].answered_at).toBeNull();
  });

  it('ends with the caller who hangs up during it: both legs are cancelled, the callee’s is billed', async () => {
    await bench.control('PUT', 'settings', { speech_seconds: 20, action_after_caller_hangup: 'always' });
    bench.answers('/sound', '<Speak>for you</Speak>');
    await answered();
    await bench.advance(8);
    await bench.does(CALLER, 'hangup');
    await bench.advance(60);
    expect(bench.story()).toEqual(['StartApp', 'answer', 'DialRemoteSounds', 'hangup', 'Redirect', 'Hangup']);
    expect(bench.received('/events').at(-1)?.params).toMatchObject({
      DialBLegHangupCauseCode: '1000',
      DialBLegHangupCause: 'ORIGINATOR_CANCEL',
      DialBLegHangupSource: 'Caller',
      DialBLegBillDuration: '60',
    });
    expect(bench.received('/action')[0]?.params['DialStatus']).toBe('cancel');
    expect(hangupOf()).toMatchObject({ HangupCauseCode: '1000', TotalCost: '0.00000' });
  });

  it('with a key is a race between all who answered: the first to press wins', async () => {
    bench.answers('/sound', '<Speak>press one</Speak>');
    const both = `<Number>${CALLEE}</Number><Number>${OTHER}</Number>`;
    await answered('', dial(`${sound()} confirmKey="1"`, both));
    await bench.advance(5);
    await bench.does(OTHER, 'answer');
    await bench.does(OTHER, 'digits', { digits: '1' });
    expect(
      bench
        .received('/events')
        .map(({ params }) => [
          params['DialAction'],
          params['DialBLegPosition'],
          params['DialBLegHangupCauseCode'] ?? '',
        ]),
    ).toEqual([
      ['answer', '1', ''],
      ['answer', '2', ''],
      ['hangup', '1', '9000'],
      ['connected', '2', ''],
    ]);
  });

  it('without a key ends the race at the first answer', async () => {
    bench.answers('/sound', '<Speak>for you</Speak>');
    await answered('', dial(sound(), `<Number>${CALLEE}</Number><Number>${OTHER}</Number>`));
    expect((await bench.phone(OTHER)).state).toBe('idle');
    await bench.advance(1);
    expect(bench.received('/events').map(({ params }) => params['DialAction'])).toEqual([
      'answer',
      'hangup',
      'connected',
    ]);
  });

  it('counts against the time limit, which runs from the callee’s answer', async () => {
    await bench.control('PUT', 'settings', { speech_seconds: 20 });
    bench.answers('/sound', '<Speak>for you</Speak>');
    const uuid = await answered('timeLimit="60"');
    await bench.advance(200);
    expect((await bench.view(uuid)).legs).toMatchObject([
      { duration: 40, hangup_cause_code: 6000 },
      { duration: 60, hangup_cause_code: 6000 },
    ]);
  });
});

describe('a phone that declines by itself', () => {
  it('does not decline what a person has answered before', async () => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'decline', after_seconds: 10 });
    bench.answers('/answer', dial());
    const uuid = await bench.call();
    await bench.does(CALLEE, 'answer');
    const body = { from: VIRTUAL, to: CALLEE, answer_url: `${bench.url}/answer` };
    bench.answers('/answer', '<Wait length="60"/>');
    const ordered = await bench.rest<{ request_uuid: string }>('POST', 'Call/', body);
    await bench.does(CALLEE, 'answer');
    await bench.advance(30);
    expect((await bench.view(uuid)).status).toBe('bridged');
    expect((await bench.view(ordered.body.request_uuid)).status).toBe('answered');
  });
});

describe('dial music', () => {
  const heard = async (uuid: string) =>
    (await bench.view(uuid)).timeline.flatMap((entry) => (entry.what === 'heard.ringing' ? [entry.sound] : []));
  const withMusic = () => dial(`dialMusic="${bench.url}/music"`);

  it('is asked for before the ringing, and heard by the caller until the two are connected', async () => {
    bench.answers('/answer', withMusic());
    bench.answers('/music', '<Play loop="3">http://a.example/music.mp3</Play><Speak>soon</Speak>');
    const uuid = await bench.call();
    expect(bench.story()).toEqual(['StartApp', 'DialRemoteSounds']);
    expect((await bench.phone(CALLEE)).state).toBe('ringing');
    expect(await heard(uuid)).toEqual(['music']);
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/music.mp3']);
    await bench.advance(2);
    await bench.does(CALLEE, 'answer');
    await bench.advance(30);
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/music.mp3']);
    expect(await heard(uuid)).toEqual(['music']);
  });

  it('is heard on while the callee hears its confirm sound, and by nobody after the caller has gone', async () => {
    bench.answers('/answer', dial(`${sound()} dialMusic="${bench.url}/music"`));
    bench.answers('/sound', '<Speak>for you</Speak><Wait length="5"/>');
    bench.answers(
      '/music',
      '<Play>http://a.example/1.mp3</Play><Play>http://a.example/2.mp3</Play><Wait length="60"/>',
    );
    await bench.call();
    await bench.does(CALLEE, 'answer');
    await bench.advance(2);
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/1.mp3', 'http://a.example/2.mp3']);
    const other = await bench.call('14155550133');
    await bench.does('14155550133', 'hangup');
    await bench.advance(30);
    expect(await bench.captions('14155550133')).toEqual(['http://a.example/1.mp3']);
    expect((await bench.view(other)).status).toBe('ended');
  });

  it.each([
    [true, 'plivo'],
    [false, 'silence'],
  ])(
    'that ends before the ringing, or cannot be had, leaves what Plivo does by itself (%s)',
    async (dial_ring_back, then) => {
      await bench.control('PUT', 'settings', { dial_ring_back });
      bench.answers('/music', '<Play>http://a.example/music.mp3</Play>');
      bench.answers('/answer', withMusic());
      const short = await bench.call();
      await bench.advance(5);
      expect(await heard(short)).toEqual(['music', then]);
      bench.answers('/music', null);
      bench.answers('/answer', `<Speak>welcome</Speak>${withMusic()}`);
      const missing = await bench.call('14155550133');
      await bench.advance(5);
      expect(await heard(missing)).toEqual([then]);
    },
  );

  it.each([
    ['', '', true, 'network'],
    ['', '', false, 'network'],
    ['<Speak>welcome</Speak>', '', true, 'plivo'],
    ['<Speak>welcome</Speak>', '', false, 'silence'],
    ['<Speak>welcome</Speak>', 'dialMusic="real"', false, 'real'],
  ])(
    '%s Dial %s, ring tone of its own %s: the caller hears %s',
    async (before, attributes, dial_ring_back, expected) => {
      await bench.control('PUT', 'settings', { dial_ring_back });
      bench.answers('/answer', before + dial(attributes));
      const uuid = await bench.call();
      await bench.advance(5);
      expect(await heard(uuid)).toEqual([expected]);
    },
  );

  it('of a Dial that rings nobody is heard by nobody', async () => {
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'busy' });
    bench.answers('/answer', dial());
    expect(await heard(await bench.call())).toEqual([]);
  });

  it.each([
    ['real', false],
    ['nonsense', true],
  ])('%s is asked of nobody, and missed: %s', async (music, isMissed) => {
    bench.answers('/answer', dial(`dialMusic="${music}"`));
    const { timeline } = await bench.view(await bench.call());
    expect(timeline.some(({ what }) => what === 'sound.missing')).toBe(isMissed);
    expect(bench.story()).toEqual(['StartApp']);
    expect((await bench.phone(CALLEE)).state).toBe('ringing');
  });
});

describe('Record', () => {
  const record = (attributes = 'startOnDialAnswer="true"') =>
    `<Record ${attributes} redirect="false" action="${bench.url}/recording" callbackUrl="${bench.url}/recorded"/>`;
  const talk = async (seconds: number, xml = record() + dial()) => {
    bench.answers('/answer', xml);
    const uuid = await bench.call();
    await bench.advance(5);
    await bench.does(CALLEE, 'answer');
    await bench.advance(seconds);
    await bench.does(CALLEE, 'hangup');
    return uuid;
  };

  it('tells its action at once that nothing is known yet, and lets the next element run', async () => {
    bench.answers('/answer', record() + dial());
    await bench.call();
    expect(bench.received('/recording')).toMatchObject([
      {
        at: 0,
        params: {
          RecordingDuration: '-1',
          RecordingDurationMs: '-1',
          RecordingStartMs: '-1',
          RecordingEndMs: '-1',
          RecordUrl: expect.stringMatching(
            /^https:\/\/media\.plivo\.invalid\/v1\/Account\/MAX+\/Recording\/[\w-]+\.mp3$/,
          ),
          RecordingID: expect.any(String),
        },
      },
    ]);
    expect((await bench.phone(CALLEE)).state).toBe('ringing');
  });

  it('reports nothing unless recordings are on', async () => {
    await talk(30);
    expect(bench.received('/recorded')).toEqual([]);
  });

  it('reports after the hang-up how long the two were connected', async () => {
    await bench.control('PUT', 'settings', { recordings: 'on' });
    const startedAt = bench.clock.now() + 5000;
    await talk(30, record('startOnDialAnswer="true" fileFormat="wav"') + dial());
    expect(bench.story().slice(-2)).toEqual(['Hangup', 'RecordStop']);
    expect(bench.received('/recorded')[0]?.params).toMatchObject({
      RecordingID: bench.received('/recording')[0]?.params['RecordingID'],
      RecordUrl: expect.stringMatching(/\.wav$/),
      RecordingDuration: '30',
      RecordingDurationMs: '30000',
      RecordingStartMs: String(startedAt),
      RecordingEndMs: String(startedAt + 30_000),
    });
  });

  it('stops at its length, which is a minute unless it says more', async () => {
    await bench.control('PUT', 'settings', { recordings: 'on' });
    await talk(100);
    await talk(100, record('startOnDialAnswer="true" maxLength="90"') + dial());
    expect(bench.received('/recorded').map(({ params }) => params['RecordingDuration'])).toEqual(['60', '90']);
  });

  it('reports late where the account is slow', async () => {
    await bench.control('PUT', 'settings', { recordings: 'on', recording_delay_seconds: 45 });
    await talk(30);
    await bench.advance(44);
    expect(bench.received('/recorded')).toEqual([]);
    await bench.advance(1);
    expect(bench.received('/recorded')).toMatchObject([{ at: 80, params: { RecordingDuration: '30' } }]);
  });

  it('reports nothing of a call in which nobody was connected', async () => {
    await bench.control('PUT', 'settings', { recordings: 'on' });
    bench.answers('/answer', record() + dial('timeout="10"'));
    await bench.call();
    await bench.advance(30);
    expect(bench.story().at(-1)).toBe('Hangup');
  });

  it('has nothing of a conversation that was over before it was ordered', async () => {
    await bench.control('PUT', 'settings', { recordings: 'on' });
    const other = dial('redirect="false"', `<Number>${OTHER}</Number>`);
    bench.answers('/answer', other + record() + dial('redirect="false"'));
    await bench.call();
    await bench.does(OTHER, 'answer');
    await bench.advance(20);
    await bench.does(OTHER, 'hangup');
    await bench.does(CALLEE, 'answer');
    await bench.advance(10);
    await bench.does(CALLEE, 'hangup');
    expect(bench.received('/recorded')).toMatchObject([{ params: { RecordingDuration: '10' } }]);
  });

  it('of a session starts with the caller’s own leg', async () => {
    await bench.control('PUT', 'settings', { recordings: 'on' });
    bench.answers('/answer', `<Speak>hello</Speak>${record('recordSession="true"')}<Wait length="9"/>`);
    await bench.call();
    await bench.advance(10);
    expect(bench.received('/recorded')).toMatchObject([{ at: 10, params: { RecordingDuration: '9' } }]);
  });

  it.each([
    [true, 35],
    [false, 30],
  ])('ahead of Dial answers the caller: %s', async (answers, seconds) => {
    await bench.control('PUT', 'settings', { record_answers_caller: answers });
    const uuid = await talk(30);
    expect((await bench.view(uuid)).legs[0].duration).toBe(seconds);
  });
});

describe('a call through the API', () => {
  const order = (more: Record<string, unknown> = {}) => ({
    from: VIRTUAL,
    to: CALLER,
    answer_url: `${bench.url}/answer`,
    hangup_url: `${bench.url}/hangup`,
    ring_timeout: 30,
    ...more,
  });
  const place = async (more: Record<string, unknown> = {}): Promise<string> => {
    const { status, body } = await bench.rest<{ request_uuid: string }>('POST', 'Call/', order(more));
    expect(status).toBe(201);
    await bench.advance(0);
    return body.request_uuid;
  };

  it('runs its document on the leg that answered: prompts, digits, Dial, confirm sound', async () => {
    bench.answers('/answer', `<Play>http://a.example/hello.mp3</Play>${ask('numDigits="1"')}`);
    bench.answers('/digits', dial(sound()));
    bench.answers('/sound', '<Speak>for you</Speak>');
    const uuid = await place();
    await bench.does(CALLER, 'answer');
    await bench.advance(2);
    await bench.does(CALLER, 'digits', { digits: '1' });
    await bench.does(CALLEE, 'answer');
    await bench.advance(1);
    expect((await bench.view(uuid)).status).toBe('bridged');
    expect(await bench.captions(CALLER)).toEqual(['http://a.example/hello.mp3', 'http://a.example/prompt.mp3']);
    expect(await bench.captions(CALLEE)).toEqual(['for you']);
    await bench.advance(9);
    await bench.does(CALLER, 'hangup');
    expect((await bench.view(uuid)).legs).toMatchObject([{ duration: 12 }, { duration: 10 }]);
    expect(bench.received('/events').at(-1)?.params['DialBLegHangupSource']).toBe('Caller');
    expect(hangupOf()).toMatchObject({ CallStatus: 'completed', HangupSource: 'Callee', Direction: 'outbound' });
  });

  it('cancels the second phone when the person called first gives up', async () => {
    bench.answers('/answer', dial('redirect="false"'));
    await place();
    await bench.does(CALLER, 'answer');
    await bench.advance(7);
    await bench.does(CALLER, 'hangup');
    expect(bench.received('/events')[0]?.params).toMatchObject({
      DialBLegHangupCause: 'ORIGINATOR_CANCEL',
      DialBLegHangupCauseCode: '1000',
      DialBLegHangupSource: 'Caller',
    });
    expect(bench.received('/action')[0]?.params['DialStatus']).toBe('cancel');
    expect(hangupOf()).toMatchObject({ HangupCauseCode: '4000', Duration: '7' });
    expect((await bench.phone(CALLEE)).state).toBe('idle');
  });

  it('shows the name it was given, and refuses one that is too long', async () => {
    await place({ caller_name: 'The shop' });
    const { body } = await bench.control<{ items: unknown[] }>('GET', 'sightings');
    expect(body.items).toMatchObject([{ phone: CALLER, caller_id: VIRTUAL, caller_name: 'The shop' }]);
    expect((await bench.rest('POST', 'Call/', order({ caller_name: 'x'.repeat(51) }))).status).toBe(400);
  });

  it('turns to its fallback URL when the answer URL has no document', async () => {
    bench.answers('/answer', null);
    bench.answers('/fallback', '<Speak>sorry</Speak>');
    await place({ fallback_url: `${bench.url}/fallback` });
    await bench.does(CALLER, 'answer');
    expect(await bench.captions(CALLER)).toEqual(['sorry']);
  });

  it('may be known to the API by another name than to its webhooks', async () => {
    await bench.control('PUT', 'settings', { request_uuid_differs: true });
    const requestUuid = await place({ ring_url: `${bench.url}/ring` });
    const ring = bench.received('/ring')[0]?.params ?? {};
    expect(ring).toMatchObject({ RequestUUID: requestUuid, ALegRequestUUID: requestUuid, ALegUUID: ring['CallUUID'] });
    expect(ring['CallUUID']).not.toBe(requestUuid);
    expect((await bench.rest('DELETE', `Call/${requestUuid}/`)).status).toBe(404);
    expect((await bench.rest('GET', `Call/${ring['CallUUID']}/?status=live`)).body).toMatchObject({
      call_uuid: ring['CallUUID'],
      request_uuid: requestUuid,
    });
  });

  it.each([true, false])('is cancelled by its request, under another name: %s', async (differs) => {
    await bench.control('PUT', 'settings', { request_uuid_differs: differs });
    const requestUuid = await place();
    expect((await bench.rest('DELETE', `Request/${requestUuid}/`)).status).toBe(204);
    await bench.advance(0);
    expect(hangupOf()).toMatchObject({ CallStatus: 'cancel', HangupCauseCode: '1000', HangupSource: 'API Request' });
    expect((await bench.phone(CALLER)).state).toBe('idle');
    expect((await bench.rest('DELETE', `Request/${requestUuid}/`)).status).toBe(404);
  });

  it('is live and never queued, until it ends', async () => {
    const uuid = await place();
    const statusOf = async (status: string) => (await bench.rest('GET', `Call/${uuid}/?status=${status}`)).status;
    expect(await statusOf('live')).toBe(200);
    expect(await statusOf('queued')).toBe(404);
    expect(await statusOf('lost')).toBe(400);
    expect((await bench.rest('GET', 'Call/?status=queued')).body).toMatchObject({ calls: [] });
    await bench.does(CALLER, 'decline');
    expect(await statusOf('live')).toBe(404);
    expect((await bench.rest('GET', `Call/${uuid}/`)).body).toMatchObject({ call_uuid: uuid, hangup_cause_code: 3020 });
  });

  it('to a barred number is refused with 403 and rings nobody; a Dial to one fails with 2050', async () => {
    await bench.control('PUT', 'settings', { barred_prefixes: ['1415555012', '882'] });
    expect(await bench.rest('POST', 'Call/', order({ to: `+${CALLEE}` }))).toMatchObject({
      status: 403,
      body: { error: expect.stringContaining('barred') },
    });
    expect((await bench.rest('GET', 'Call/?status=live')).body).toMatchObject({ calls: [] });
    bench.answers('/answer', dial());
    await bench.call();
    expect(bench.received('/events')[0]?.params).toMatchObject({ DialBLegHangupCauseCode: '2050' });
    expect((await bench.phone(CALLEE)).state).toBe('idle');
  });

  it('is linked to a parent, which must exist where that is demanded', async () => {
    const strict = { parent_call_uuid: 'no-such-call', error_if_parent_not_found: true };
    expect((await bench.rest('POST', 'Call/', order(strict))).status).toBe(400);
    expect((await bench.rest('POST', 'Call/', order({ to: `${CALLER}<${OTHER}`, parent_call_uuid: 'x' }))).status).toBe(
      400,
    );
    const parent = await bench.call(OTHER);
    await place({ ...strict, parent_call_uuid: parent });
    await bench.does(CALLER, 'decline');
    const children = await bench.rest('GET', `Call/?parent_call_uuid=${parent}`);
    expect(children.body).toMatchObject({ meta: { total_count: 1 }, objects: [{ parent_call_uuid: parent }] });
  });

  describe.each([
    ['500', { status: 500 }],
    ['a cut connection', { reset: true }],
    ['silence', { hang: true }],
  ])('answered with %s', (_what, fault) => {
    /** Whether the client got an answer, and what; silence is broken by lifting the fault. */
    const outcome = async () => {
      const answer = bench.rest('POST', 'Call/', order()).then(
        ({ status }) => status,
        () => 'no answer',
      );
      const called = () => bench.simulator.apiRequests.view().total > 0;
      while (!called()) await new Promise((resolve) => setImmediate(resolve));
      await bench.advance(0);
      const ringing = (await bench.phone(CALLER)).state;
      await bench.control('DELETE', 'faults');
      return { ringing, answer: await answer };
    };

    it('is not placed when the fault comes first', async () => {
      await bench.control('POST', 'faults', { api: fault });
      const { ringing, answer } = await outcome();
      expect(ringing).toBe('idle');
      expect(answer).toBe('hang' in fault ? 201 : 'reset' in fault ? 'no answer' : 500);
    });

    it('is placed all the same when the fault comes after the effect', async () => {
      await bench.control('POST', 'faults', { api: { ...fault, after_effect: true } });
      const { ringing, answer } = await outcome();
      expect(ringing).toBe('ringing');
      expect(answer).toBe('hang' in fault ? 201 : 'reset' in fault ? 'no answer' : 500);
    });
  });

  it('fails as often as ordered, and only for the kinds of request that were named', async () => {
    await bench.control('POST', 'faults', { api: { status: 503, only: ['POST Call'], times: 2 } });
    const statuses = [];
    for (let n = 0; n < 3; n += 1) {
      statuses.push((await bench.rest('GET', 'Call/?status=live')).status);
      statuses.push((await bench.rest('POST', 'Call/', order({ to: OTHER }))).status);
    }
    expect(statuses).toEqual([200, 503, 200, 503, 200, 201]);
  });

  it('is answered late where that is ordered, on the clock', async () => {
    await bench.control('POST', 'faults', { api: { delay_ms: 8000, after_effect: true } });
    let answer: number | null = null;
    const late = bench.rest('POST', 'Call/', order()).then(({ status }) => (answer = status));
    while (bench.simulator.timers.nextDueAt() === null) await new Promise((resolve) => setImmediate(resolve));
    await bench.advance(7);
    expect([answer, (await bench.phone(CALLER)).state]).toEqual([null, 'ringing']);
    await bench.advance(1);
    expect(await late).toBe(201);
  });

  it('is counted with every other API request, by kind', async () => {
    const uuid = await place();
    await bench.rest('GET', `Call/${uuid}/?status=live`);
    await bench.rest('GET', `Call/${uuid}`);
    await bench.rest('GET', 'Call/');
    await bench.rest('DELETE', `Request/${uuid}/`);
    await bench.control('POST', 'faults', { api: { status: 500 } });
    await bench.rest('POST', 'Call/', {});
    expect((await bench.control('GET', 'api-requests')).body).toEqual({
      total: 6,
      by_kind: { 'POST Call': 2, 'GET Call/:uuid': 2, 'GET Call': 1, 'DELETE Request/:requestUuid': 1 },
    });
  });
});

describe('the list of call records', () => {
  const count = async (query: Record<string, string>) => {
    const { status, body } = await bench.rest<{ meta?: { total_count: number } }>(
      'GET',
      `Call/?${new URLSearchParams(query)}`,
    );
    return body.meta?.total_count ?? status;
  };
  const utc = (at: number) => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

  it('is filtered by number, direction, duration and time', async () => {
    bench.answers('/answer', dial('timeLimit="30"'));
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'answer', after_seconds: 1 });
    await bench.call();
    await bench.advance(31);
    const endedAt = bench.clock.now();
    expect(await count({ from_number: CALLER })).toBe(1);
    expect(await count({ to_number: `+${VIRTUAL}` })).toBe(1);
    expect(await count({ call_direction: 'outbound', to_number: CALLEE })).toBe(1);
    expect(await count({ call_direction: 'outbound', to_number: VIRTUAL })).toBe(0);
    expect(await count({ bill_duration__gte: '30' })).toBe(2);
    expect(await count({ bill_duration__gt: '30' })).toBe(0);
    expect(await count({ end_time__gte: utc(endedAt), end_time__lte: utc(endedAt) })).toBe(2);
    expect(await count({ end_time__gt: utc(endedAt) })).toBe(0);
    expect(await count({ end_time__lt: utc(endedAt) })).toBe(0);
    expect(await count({ bill_duration: 'long' })).toBe(400);
  });

  it('reaches back seven days unless told, and thirty at most', async () => {
    await bench.call();
    const endedAt = bench.clock.now();
    await bench.advance(8 * 86_400);
    expect(await count({})).toBe(0);
    expect(await count({ end_time__gte: utc(endedAt) })).toBe(1);
    await bench.advance(23 * 86_400);
    expect(await count({ end_time__gte: utc(endedAt) })).toBe(400);
    expect(await count({ end_time__gte: utc(endedAt), end_time__lt: utc(endedAt + 1000) })).toBe(1);
  });
});

describe('losing a single webhook', () => {
  /** A whole call: prompt, digits, confirm sound, half a minute of talk. */
  const wholeCall = async () => {
    await bench.control('PUT', `phones/${CALLER}`, { types: ['12'] });
    await bench.control('PUT', `phones/${CALLEE}`, { behaviour: 'answer', after_seconds: 4 });
    bench.answers('/answer', ask('numDigits="2"'));
    bench.answers('/digits', dial(`${sound()} timeLimit="31"`));
    bench.answers('/sound', '<Speak>for you</Speak>');
    bench.requests.length = 0;
    const uuid = await bench.call();
    await bench.advance(120);
    return uuid;
  };
  const records = async (uuid: string) => {
    const own = await bench.rest<CallRecord>('GET', `Call/${uuid}/`);
    const children = await bench.rest<{ objects: CallRecord[] }>('GET', `Call/?parent_call_uuid=${uuid}`);
    return [own.body, ...children.body.objects].map((record) => [
      record.hangup_cause_code,
      record.bill_duration,
      record.total_amount,
    ]);
  };
  const WHOLE = ['StartApp', 'Redirect', 'answer', 'DialRemoteSounds', 'connected', 'hangup', 'Redirect', 'Hangup'];

  it('is possible for every one of a call; the rest arrives and the records are those of what happened', async () => {
    const undisturbed = await records(await wholeCall());
    expect(bench.story()).toEqual(WHOLE);
    expect(undisturbed).toEqual([
      [6000, 36, '0.00850'],
      [6000, 31, '0.01200'],
    ]);
    // Without its answer or its digits a call cannot go on; without its last document it ends a little differently.
    const decisive = new Map([
      [1, [[7011, 0, '0.00000']]],
      [2, [[7012, 1, '0.00850']]],
      [
        7,
        [
          [7012, 36, '0.00850'],
          [6000, 31, '0.01200'],
        ],
      ],
    ]);
    for (let n = 1; n <= WHOLE.length; n += 1) {
      await bench.control('POST', 'faults', { lose_nth: { kind: 'any', n } });
      const uuid = await wholeCall();
      const { webhooks } = await bench.view(uuid);
      expect(webhooks.filter(({ outcome }) => outcome === 'lost')).toHaveLength(1);
      expect(webhooks[n - 1]?.outcome).toBe('lost');
      expect(await records(uuid)).toEqual(decisive.get(n) ?? undisturbed);
    }
  });

  it.each([
    [{ lose_once: ['hangup'] }, ['hangup'], 7],
    [{ lose_once: ['dial-event', 'hangup'] }, ['dial-event', 'hangup'], 6],
    [{ lose_nth: { kind: 'dial-event', n: 3 } }, ['dial-event'], 7],
    [{ lose_nth: { kind: 'ring', n: 1 } }, [], 8],
  ])('as ordered by %j strikes once', async (faults, lost, arrived) => {
    await bench.control('POST', 'faults', faults);
    const { webhooks } = await bench.view(await wholeCall());
    expect(webhooks.flatMap(({ kind, outcome }) => (outcome === 'lost' ? [kind] : []))).toEqual(lost);
    expect(bench.requests).toHaveLength(arrived);
    await wholeCall();
    expect(bench.requests).toHaveLength(8);
  });

  it.each([
    { lose_nth: { kind: 'hangup' } },
    { lose_nth: { kind: 'everything', n: 1 } },
    { lose_nth: { n: 0.5 } },
    { lose_once: ['everything'] },
    { lose_once: 'hangup' },
    { api: { only: ['everything'] } },
    { api: { times: 0 } },
  ])('is refused when ordered by %j', async (faults) => {
    expect((await bench.control('POST', 'faults', faults)).status).toBe(400);
  });
});

describe('many calls at once', () => {
  const BEHAVIOURS = ['answer', 'decline', 'busy', 'no-answer', 'unreachable'] as const;
  const caller = (n: number) => `1415556${String(n).padStart(4, '0')}`;

  /** What the n-th call comes to by itself: seconds and hang-up code of each leg. */
  const alone = (n: number): [seconds: number, code: number][] => {
    if (n % 7 === 0) return [[6, 4010]];
    const patience = n % 11;
    const ways = {
      answer: [
        [1 + patience + 60, 6000],
        [60, 6000],
      ],
      decline: [
        [1 + patience, 4010],
        [0, 3020],
      ],
      busy: [
        [1, 4010],
        [0, 3010],
      ],
      'no-answer': [
        [31, 4010],
        [0, 6010],
      ],
      unreachable: [
        [1, 4010],
        [0, 5000],
      ],
    } as const;
    return ways[BEHAVIOURS[n % 5]!].map(([seconds, code]) => [seconds, code]);
  };

  /** Places so many calls, does something in between, lets ten minutes pass, and tells how each went. */
  const run = async (calls: number, between: () => Promise<void> = async () => undefined) => {
    bench.answers('/answer', ask('numDigits="2" timeout="5"'));
    bench.answers('/digits', ({ From }) =>
      dial(`${sound()} timeLimit="60" timeout="30"`, `<Number>${From?.replace('1415556', '1415557')}</Number>`),
    );
    bench.answers('/sound', '<Speak>for you</Speak>');
    const { phones } = bench.simulator;
    for (let n = 0; n < calls; n += 1) {
      phones.at(caller(n)).types = n % 7 === 0 ? [] : ['12'];
      const behaviour = { behaviour: BEHAVIOURS[n % 5], afterSeconds: n % 11 };
      Object.assign(phones.at(caller(n).replace('1415556', '1415557')), behaviour);
    }
    const uuids: string[] = [];
    for (let n = 0; n < calls; n += 1) {
      const { body } = await bench.control<{ call_uuid: string }>('POST', 'calls', { from: caller(n), to: VIRTUAL });
      uuids.push(body.call_uuid);
      await between();
    }
    await bench.advance(600);
    const views = await Promise.all(uuids.map((uuid) => bench.view(uuid)));
    return views.map(({ legs, webhooks }) => ({
      legs: legs.map(({ duration, hangup_cause_code: code }) => [duration, code]),
      webhooks: webhooks.map(({ kind, outcome, attempts }) => `${kind} ${outcome} ${attempts}`),
    }));
  };

  it('each go as they would alone', async () => {
    const ends = await run(300);
    expect(ends.map(({ legs }) => legs)).toEqual(ends.map((_end, n) => alone(n)));
    expect((await bench.rest('GET', 'Call/?status=live')).body).toMatchObject({ calls: [] });
  });

  it('meet the same faults with the same seed, however they interleave', async () => {
    const chances = { lose: 0.1, duplicate: 0.1, reorder: 0.1 };
    await bench.control('POST', 'faults', { ...chances, seed: 7 });
    const together = await run(40);
    await bench.clean();
    await bench.control('POST', 'faults', { ...chances, seed: 7 });
    const oneByOne = await run(40, () => bench.advance(0));
    await bench.clean();
    await bench.control('POST', 'faults', { ...chances, seed: 8 });
    const otherwise = await run(40);
    expect(oneByOne).toEqual(together);
    expect(otherwise).not.toEqual(together);
    expect(together.some(({ webhooks }) => webhooks.join().includes('lost'))).toBe(true);
  });
});

import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { FakeClock } from '../../test/support/ground.js';
import { describeOnEachService, type Service } from '../../test/support/service.js';
import { newId } from '../platform/ids.js';

const AMY = '+14155550101';
const BEN = '+14155550102';
const VIRTUAL = '12025550001';
const NOBODYS = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const [FIRST_FILE, SECOND_FILE] = ['https://files.example.com/1.mp3', 'https://files.example.com/2.mp3'];

// The edge: what is taken in from Plivo, what is refused as unreadable, and what it is answered. The rules behind it have their own facts.
const REJECTED = { status: 200, text: '<Response><Hangup reason="rejected"/></Response>' };

describeOnEachService("Plivo's webhooks", (start) => {
  let service: Service;

  beforeAll(async () => {
    service = await start({ clock: new FakeClock(), settings: { ROLE: 'api' } });
    await service.addNumbers([VIRTUAL]);
  });
  let sessionId: string | null = null;
  beforeEach(async () => {
    if (sessionId) await service.sessions('DELETE', `/${sessionId}/`);
    sessionId = null;
  });

  const open = async (more: object = {}): Promise<string> => {
    const made = await service.sessions('POST', '/', { first_party: AMY, second_party: BEN, ...more });
    expect(made.status).toBe(201);
    return (sessionId = String(made.body['session_uuid']));
  };
  const from = (number: string, callUuid: string) => ({
    CallUUID: callUuid,
    From: number,
    To: VIRTUAL,
    Direction: 'inbound',
    CallStatus: 'ringing',
  });
  const hangup = { Event: 'Hangup', CallStatus: 'completed' };
  const rows = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    service.dataSource.query<Row[]>(sql, parameters);
  const isEnded = async (leg: string): Promise<boolean> => {
    const [row] = await rows<{ is_ended: number }>('SELECT is_ended FROM call_leg WHERE leg_uuid = ?', [leg]);
    return Number(row?.is_ended) === 1;
  };
  const pathOf = (xml: string): string => /\/sessions\/[^/]+\/calls\/[^/]+(?=\/dial-event)/.exec(xml)?.[0] ?? 'none';
  const dial = (leg: string, bLeg: string) => ({ CallUUID: leg, DialALegUUID: leg, DialBLegUUID: bLeg });

  it('of a call are answered with what is to be done, and of its end with nothing', async () => {
    await open();
    const [leg, bLeg] = [newId(), newId()];
    const { status, text, headers } = await service.webhook('/answer', from(AMY, leg));
    expect([status, headers['content-type']]).toEqual([200, 'application/xml; charset=utf-8']);
    expect(text).toContain(`<Number>${BEN}</Number>`);

    const path = pathOf(text);
    const answered = await service.webhook(`${path}/dial-event`, { ...dial(leg, bLeg), DialAction: 'hangup' });
    expect(answered).toMatchObject({ status: 200, text: '' });
    expect(await isEnded(bLeg)).toBe(true);
    expect(await service.webhook('/hangup', { ...from(AMY, leg), ...hangup })).toMatchObject({ status: 200, text: '' });
    expect(await isEnded(leg)).toBe(true);
  });

  it.each([
    ['busy', '<Response><Hangup reason="busy"/></Response>'],
    ['no-answer', '<Response><Hangup/></Response>'],
    ['completed', '<Response><Hangup/></Response>'],
  ])('of a dialling that came to %s hang the caller up, and are noted', async (DialStatus, xml) => {
    await open();
    const leg = newId();
    const path = pathOf((await service.webhook('/answer', from(AMY, leg))).text);
    const answered = await service.webhook(`${path}/dial-action`, { ...from(AMY, leg), DialStatus });
    expect(answered).toMatchObject({ status: 200, text: xml });
    const [call] = await rows<{ dial_status: string }>('SELECT dial_status FROM masked_call WHERE a_leg_uuid = ?', [
      leg,
    ]);
    expect(call?.dial_status).toBe(DialStatus);
    await service.webhook('/hangup', { ...from(AMY, leg), ...hangup });
  });

  it('of a hang-up are taken on the answer URL too, where no other is set', async () => {
    const leg = newId();
    const answered = await service.webhook('/answer', { ...from(AMY, leg), ...hangup });
    expect(answered).toMatchObject({ status: 200, text: '<Response/>' });
    expect(await isEnded(leg)).toBe(true);
    expect(await rows('SELECT id FROM masked_call WHERE a_leg_uuid = ?', [leg])).toEqual([]);
  });

  it('of the called party fetch its file, by who called', async () => {
    for (const [caller, file] of [
      [AMY, SECOND_FILE],
      [BEN, FIRST_FILE],
    ] as const) {
      await open({ first_party_play_url: FIRST_FILE, second_party_play_url: SECOND_FILE });
      const leg = newId();
      const path = pathOf((await service.webhook('/answer', from(caller, leg))).text);
      const sound = await service.webhook(`${path}/callee-sound`, { CallUUID: leg });
      expect(sound).toMatchObject({ status: 200, text: `<Response><Play>${file}</Play></Response>` });
      for (const other of [
        path.replace(/calls\/[^/]+/, `calls/${NOBODYS}`),
        path.replace(/sessions\/[^/]+/, `sessions/${NOBODYS}`),
      ])
        expect((await service.webhook(`${other}/callee-sound`, { CallUUID: leg })).status).toBe(404);
      await service.webhook('/hangup', { ...from(caller, leg), ...hangup });
    }
  });

  it('of a called party whose session has no file any more get silence', async () => {
    const id = await open({ second_party_play_url: SECOND_FILE });
    const leg = newId();
    const path = pathOf((await service.webhook('/answer', from(AMY, leg))).text);
    await service.dataSource.query("UPDATE masking_session SET settings = REPLACE(settings, ?, '') WHERE id = ?", [
      SECOND_FILE,
      id,
    ]);
    const sound = await service.webhook(`${path}/callee-sound`, { CallUUID: leg });
    expect(sound).toMatchObject({ status: 200, text: '<Response/>' });
    await service.webhook('/hangup', { ...from(AMY, leg), ...hangup });
  });

  it('of a PIN are judged at the attempt that their URL names', async () => {
    await open({
      is_pin_authentication_required: true,
      first_party_pin: '1111',
      second_party_pin: '2222',
      pin_prompt_play: 'https://files.example.com/prompt.mp3',
    });
    const leg = newId();
    const stranger = from('+14155550177', leg);
    const asked = await service.webhook('/answer', stranger);
    const [, path = 'none'] = /(\/calls\/[0-9a-f-]{36}\/pin)\/1#/.exec(asked.text) ?? [];
    const again = await service.webhook(`${path}/1`, { ...stranger, Digits: '9999' });
    expect(again.text).toContain(`${path}/2#`);
    expect((await service.webhook(`${path}/2`, { ...stranger, Digits: '1111' })).text).toContain(BEN);
    for (const [attempt, Digits] of [
      ['0', '1'],
      ['10', '1'],
      ['x', '1'],
    ])
      expect((await service.webhook(`${path}/${attempt}`, { ...stranger, Digits: Digits! })).status).toBe(400);
    expect((await service.webhook('/calls/x/pin/1', { ...stranger, Digits: '1' })).status).toBe(400);
    expect(await service.webhook(`${path}/1`, { ...stranger, Digits: 'x' })).toMatchObject(REJECTED);
    await service.webhook('/hangup', { ...stranger, ...hangup });
  });

  it('that cannot be read are refused as that, whatever they are about, and so are paths that we never gave out', async () => {
    const call = `/sessions/${NOBODYS}/calls/${NOBODYS}`;
    const leg = { CallUUID: NOBODYS };
    const event = { ...dial(NOBODYS, NOBODYS), DialAction: 'answer' };
    for (const [path, params, kind] of [
      ['/hangup', {}, 'hang-up'],
      [`${call}/dial-event`, leg, 'dial event'],
      [`/sessions/x/calls/${NOBODYS}/dial-event`, event, 'dial event'],
      [`/sessions/${NOBODYS}/calls/x/dial-event`, event, 'dial event'],
      [`${call}/dial-action`, leg, 'dial action'],
      [`/sessions/${NOBODYS}/calls/x/dial-action`, { ...leg, DialStatus: 'busy' }, 'dial action'],
      [`/sessions/x/calls/${NOBODYS}/callee-sound`, leg, 'confirm sound'],
      ['/requests/x/answer', from(AMY, NOBODYS), 'answer'],
      ['/requests/x/ring', from(AMY, NOBODYS), 'ring'],
      [`/requests/${NOBODYS}/hangup`, {}, 'hang-up'],
      ['/requests/x/hangup', { ...from(AMY, NOBODYS), ...hangup }, 'hang-up'],
    ] as const) {
      const refused = await service.webhook(path, { ...params });
      expect([path, refused.status, refused.text]).toEqual([
        path,
        400,
        expect.stringContaining(`expected the parameters of Plivo's ${kind} webhook`),
      ]);
    }
    // Somebody waits on the line for these.
    for (const path of ['/answer', `/requests/${NOBODYS}/answer`])
      expect(await service.webhook(path, {})).toMatchObject(REJECTED);
    // Readable, but of nothing that we ordered.
    for (const [path, params] of [
      [`${call}/dial-event`, event],
      [`${call}/dial-action`, { ...leg, DialStatus: 'busy' }],
      [`${call}/callee-sound`, leg],
      [`/requests/${NOBODYS}/answer`, from(AMY, NOBODYS)],
      [`/requests/${NOBODYS}/ring`, from(AMY, NOBODYS)],
      [`/requests/${NOBODYS}/hangup`, { ...from(AMY, NOBODYS), ...hangup }],
    ] as const)
      expect([path, (await service.webhook(path, { ...params })).status]).toEqual([path, 404]);
  });

  it('of a requested call reach the request that their URL names', async () => {
    const id = await open();
    const request = newId();
    await service.dataSource.query(
      "INSERT INTO call_request (id, account_id, session_id, status, created_at, pending_until) VALUES (?, ?, ?, 'placing', 0, 0)",
      [request, service.authId, id],
    );
    const status = async (): Promise<unknown> =>
      (await rows<{ status: string }>('SELECT status FROM call_request WHERE id = ?', [request]))[0]?.status;
    const placed = { ...from(VIRTUAL, newId()), To: AMY.slice(1), Direction: 'outbound' };
    expect(await service.webhook(`/requests/${request}/ring`, placed)).toMatchObject({ status: 200, text: '' });
    expect(await status()).toBe('placed');
    const answered = await service.webhook(`/requests/${request}/answer`, placed);
    expect(answered.headers['content-type']).toBe('application/xml; charset=utf-8');
    expect(answered.text).toContain(`<Number>${BEN}</Number>`);
    expect(await status()).toBe('answered');
    const ended = await service.webhook(`/requests/${request}/hangup`, { ...placed, ...hangup });
    expect(ended).toMatchObject({ status: 200, text: '' });
    expect(await status()).toBe('over');
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from './support/ground.js';
import { plivoSdkAt, type SdkAnswer, type SdkError } from './support/plivo-sdk.js';
import { describeOnEachService, SESSIONS, type Service } from './support/service.js';

const AMY = '+14155550101';
const BEN = '+14155550102';
const CAT = '+14155550103';
// The parties of the lists.
const ANN = '+14155550111';
const BOB = '+14155550112';
const CLEO = '+14155550113';
const DON = '+14155550114';
const EMMA = '+14155550115';
const PROMPT = 'https://files.example.com/prompt.mp3';

describeOnEachService('the official Node SDK', (start) => {
  let service: Service;
  let sdk: ReturnType<typeof plivoSdkAt>;
  let clock: FakeClock;
  let subaccount: string;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({ clock, settings: { ROLE: 'api' } });
    sdk = plivoSdkAt(service.baseUrl, service);
    const made = await service.admin('POST', `/accounts/${service.authId}/subaccounts`, { name: 'Couriers' });
    subaccount = String(made.body['auth_id']);
    await service.addNumbers(['12025550001', '12025550002', '12025550003']);
    await service.addNumbers(['12025550009'], subaccount);
  });
  afterAll(() => sdk.restore());
  beforeEach(() => void sdk.sent.splice(0));

  const create = (first: string | null, second: string | null, params: object = {}): Promise<SdkAnswer> =>
    sdk.sessions.createMaskingSession(first, second, params);
  const uuidOf = (answer: SdkAnswer): string => String(answer.sessionUuid);
  /** The session object of a get. */
  const read = async (uuid: string): Promise<Record<string, unknown>> =>
    (await sdk.sessions.getMaskingSession(uuid)).response ?? {};
  const endAll = async (): Promise<void> => {
    const live = await service.sessions<{ response: { objects: { session_uuid: string }[] } }>('GET', '?status=active');
    for (const { session_uuid } of live.body.response.objects) await service.sessions('DELETE', `/${session_uuid}`);
  };

  describe('creating, reading, changing and ending', () => {
    afterEach(endAll);

    it('creates a session whose number is the top-level virtual_number', async () => {
      const made = await create(AMY, BEN);

      expect(made).toMatchObject({ message: 'Session created', virtualNumber: '+12025550001' });
      expect(made.session).toMatchObject({
        sessionUuid: made.sessionUuid,
        firstParty: '14155550101',
        secondParty: '14155550102',
        virtualNumber: '12025550001',
        status: 'active',
        sessionExpiry: 3600,
        callTimeLimit: 3600,
        ringTimeout: 120,
        interaction: null,
      });
    });

    it('takes every parameter that the SDK documents', async () => {
      const given = {
        sessionExpiry: 1800,
        callTimeLimit: 600,
        record: true,
        recordFileFormat: 'wav',
        recordingCallbackUrl: 'https://hooks.example.com/recording',
        recordingCallbackMethod: 'GET',
        callbackUrl: 'https://hooks.example.com/status',
        callbackMethod: 'GET',
        ringTimeout: 45,
        firstPartyPlayUrl: 'https://files.example.com/first.mp3',
        secondPartyPlayUrl: 'https://files.example.com/second.wav',
        isPinAuthenticationRequired: true,
        generatePin: false,
        firstPartyPin: '4711',
        secondPartyPin: '4712',
        pinPromptPlay: PROMPT,
        pinRetry: 3,
        pinRetryWait: 7,
        incorrectPinPlay: 'https://files.example.com/wrong.mp3',
        unknownCallerPlay: 'https://files.example.com/unknown.mp3',
        virtualNumberCooloffPeriod: 60,
        forcePinAuthentication: true,
      };

      const made = await create(AMY, BEN, { ...given, geoMatch: true, createSessionWithSingleParty: false });

      expect(made.session).toMatchObject(given);
    });

    it('gets a session under response', async () => {
      const made = await create(AMY, BEN);
      const got = await sdk.sessions.getMaskingSession(uuidOf(made));
      expect(got.response).toEqual(made.session);
    });

    it('counts a new expiry from the update, and the duration from the creation', async () => {
      const made = await create(AMY, BEN, { sessionExpiry: 3600 });
      clock.advance(90_000);

      const updated = await sdk.sessions.updateMaskingSession(uuidOf(made), { sessionExpiry: 600 });

      const now = new Date(clock.now()).toISOString();
      const expiry = new Date(clock.now() + 600_000).toISOString();
      expect(updated.message).toBe('Session updated');
      expect(updated.session).toMatchObject({
        createdTime: made.session?.['createdTime'],
        modifiedTime: `${now.slice(0, 10)} ${now.slice(11, 19)} +0000 UTC`,
        expiryTime: `${expiry.slice(0, 10)} ${expiry.slice(11, 19)} +0000 UTC`,
        sessionExpiry: 600,
        duration: 690,
      });
    });

    it('changes only what an update names', async () => {
      const made = await create(AMY, BEN, { callbackUrl: 'https://hooks.example.com/status', ringTimeout: 30 });
      clock.advance(5_000);

      const updated = await sdk.sessions.updateMaskingSession(uuidOf(made), { callTimeLimit: 900 });

      const { modifiedTime, ...rest } = updated.session ?? {};
      expect(modifiedTime).not.toBe(made.session?.['modifiedTime']);
      expect(rest).toEqual({ ...made.session, callTimeLimit: 900, modifiedTime: undefined });
    });

    it('ends a session at once, and a second time says that it is over', async () => {
      const made = await create(AMY, BEN);
      clock.advance(61_500);

      await expect(sdk.sessions.deleteMaskingSession(uuidOf(made))).resolves.toMatchObject({
        message: 'Session expired',
      });
      const ended = await read(uuidOf(made));
      expect(ended).toMatchObject({ status: 'expired', duration: 61, expiryTime: ended['modifiedTime'] });

      await expect(sdk.sessions.deleteMaskingSession(uuidOf(made))).rejects.toMatchObject({
        status: 400,
        message: 'Session already expired',
      });
      expect(await read(uuidOf(made))).toEqual(ended);
    });

    it('renews the live session of the same pair: what is given changes, what is not stays', async () => {
      const made = await create(AMY, BEN, { sessionExpiry: 600, ringTimeout: 30, recordFileFormat: 'wav' });
      clock.advance(120_000);

      const again = await create(AMY, BEN, { sessionExpiry: 900, ringTimeout: 60 });

      expect(again).toMatchObject({
        message: 'Session created',
        sessionUuid: made.sessionUuid,
        virtualNumber: made.virtualNumber,
      });
      expect(again.session).toMatchObject({
        createdTime: made.session?.['createdTime'],
        sessionExpiry: 900,
        duration: 1020,
        ringTimeout: 60,
        recordFileFormat: 'wav',
      });
      expect(again.session?.['modifiedTime']).not.toBe(made.session?.['modifiedTime']);
    });

    it('renews for the expiry it had when none is given', async () => {
      await create(AMY, BEN, { sessionExpiry: 600 });
      clock.advance(100_000);
      const again = await create(AMY, BEN);
      expect(again.session).toMatchObject({ sessionExpiry: 600, duration: 700 });
    });

    it('keeps the PINs of a session that is renewed', async () => {
      const pins = {
        isPinAuthenticationRequired: true,
        firstPartyPin: '4711',
        secondPartyPin: '4712',
        pinPromptPlay: PROMPT,
      };
      await create(AMY, BEN, pins);
      const again = await create(AMY, BEN, { ...pins, firstPartyPin: '9999', pinRetry: 5 });
      expect(again.session).toMatchObject({ firstPartyPin: '4711', secondPartyPin: '4712', pinRetry: 1 });
    });

    it('takes a swapped pair for another session, on another number', async () => {
      const made = await create(AMY, BEN);
      const swapped = await create(BEN, AMY);
      expect(swapped.sessionUuid).not.toBe(made.sessionUuid);
      expect(swapped.virtualNumber).not.toBe(made.virtualNumber);
    });

    it('opens a session with one party when the other one is null', async () => {
      const made = await create(AMY, null, { createSessionWithSingleParty: true });
      expect(made.session).toMatchObject({
        firstParty: '14155550101',
        secondParty: '',
        createSessionWithSingleParty: true,
      });

      const updated = await sdk.sessions.updateMaskingSession(uuidOf(made), { secondParty: BEN });
      expect(updated.session).toMatchObject({ firstParty: '14155550101', secondParty: '14155550102' });
    });

    it('takes the camel-cased aliases that the SDK turns into sub_account and geo_match', async () => {
      const made = await create('+442079460123', BEN, { geoMatch: false, subAccount: subaccount });
      expect(sdk.sent.at(-1)?.body).toContain('"sub_account"');
      expect(made.session).toMatchObject({ virtualNumber: '12025550009', subaccount });
    });
  });

  describe('lists', () => {
    const labels: Record<string, string> = {};
    const sessions: Record<string, SdkAnswer> = {};

    beforeAll(async () => {
      // The other facts' sessions are out of the default window; where a filter lifts it, they are left out by their label.
      clock.advance(Date.UTC(2026, 1, 1, 10, 0, 0) - clock.now());
      const open = async (label: string, ...args: Parameters<typeof create>): Promise<void> => {
        const made = await create(...args);
        sessions[label] = made;
        labels[uuidOf(made)] = label;
        clock.advance(10_000);
      };
      await open('A', ANN, BOB, { sessionExpiry: 600 });
      await open('B', CLEO, DON, { sessionExpiry: 1200 });
      await open('C', ANN, EMMA, { sessionExpiry: 1800 });
      await open('D', DON, EMMA, { sessionExpiry: 3600, subaccount });
      await sdk.sessions.deleteMaskingSession(uuidOf(sessions['D'] ?? {}));
    });

    /** Labels in the order of the page. */
    const listed = async (filter: object): Promise<string> => {
      const page = await sdk.sessions.listMaskingSession(filter);
      return (page.response?.objects ?? []).map((one) => labels[String(one['sessionUuid'])] ?? '').join('');
    };

    // Created 10:00:00, :10, :20, :30; A ends 10:10:00, B 10:20:10, C 10:30:20, D was ended at 10:00:40.
    it.each([
      ['no filter', {}, '', 'DCBA'],
      ['firstParty', { firstParty: ANN }, 'first_party=', 'CA'],
      ['firstParty without plus', { firstParty: ANN.slice(1) }, 'first_party=', 'CA'],
      ['secondParty', { secondParty: DON }, 'second_party=', 'B'],
      ['secondParty without plus', { secondParty: DON.slice(1) }, 'second_party=', 'B'],
      ['virtualNumber', { virtualNumber: '+12025550002' }, 'virtual_number=', 'C'],
      ['virtualNumber without plus', { virtualNumber: '12025550001' }, 'virtual_number=', 'BA'],
      ['status active', { status: 'active' }, 'status=', 'CBA'],
      ['status expired', { status: 'expired' }, 'status=', 'D'],
      ['status in-progress', { status: 'in-progress' }, 'status=', ''],
      ['status all', { status: 'all' }, 'status=', 'DCBA'],
      ['subaccount', () => ({ subaccount }), 'subaccount=', 'D'],
      ['subAccount', () => ({ subAccount: subaccount }), 'sub_account=', 'D'],
      ['createdTimeEquals', { createdTimeEquals: '2026-02-01 10:00:10' }, 'created_times=', 'B'],
      ['createdTimeLessThan', { createdTimeLessThan: '2026-02-01 10:00:10' }, 'created_time__lt=', 'A'],
      ['createdTimeLessOrEqual', { createdTimeLessOrEqual: '2026-02-01 10:00:10' }, 'created_time__lte=', 'BA'],
      ['createdTimeGreaterThan', { createdTimeGreaterThan: '2026-02-01 10:00:10' }, 'created_time__gt=', 'DC'],
      ['createdTimeGreaterOrEqual', { createdTimeGreaterOrEqual: '2026-02-01 10:00:10' }, 'created_time__gte=', 'DCB'],
      ['created_time', { created_time: '2026-02-01 10:00:10' }, 'created_time=', 'B'],
      ['created_time__lt', { created_time__lt: '2026-02-01 10:00:10' }, 'created_time_lt=', 'A'],
      ['created_time__lte', { created_time__lte: '2026-02-01 10:00:10' }, 'created_time_lte=', 'BA'],
      ['created_time__gt', { created_time__gt: '2026-02-01 10:00:10' }, 'created_time_gt=', 'DC'],
      ['created_time__gte', { created_time__gte: '2026-02-01 10:00:10' }, 'created_time_gte=', 'DCB'],
      ['expiryTimeEquals', { expiryTimeEquals: '2026-02-01 10:20:10' }, 'expiry_times=', 'B'],
      ['expiryTimeLessThan', { expiryTimeLessThan: '2026-02-01 10:20:10' }, 'expiry_time__lt=', 'DA'],
      ['expiryTimeLessOrEqual', { expiryTimeLessOrEqual: '2026-02-01 10:20:10' }, 'expiry_time__lte=', 'DBA'],
      ['expiryTimeGreaterThan', { expiryTimeGreaterThan: '2026-02-01 10:20:10' }, 'expiry_time__gt=', 'C'],
      ['expiryTimeGreaterOrEqual', { expiryTimeGreaterOrEqual: '2026-02-01 10:20:10' }, 'expiry_time__gte=', 'CB'],
      ['expiry_time', { expiry_time: '2026-02-01 10:20:10' }, 'expiry_time=', 'B'],
      ['expiry_time__lt', { expiry_time__lt: '2026-02-01 10:20:10' }, 'expiry_time_lt=', 'DA'],
      ['expiry_time__lte', { expiry_time__lte: '2026-02-01 10:20:10' }, 'expiry_time_lte=', 'DBA'],
      ['expiry_time__gt', { expiry_time__gt: '2026-02-01 10:20:10' }, 'expiry_time_gt=', 'C'],
      ['expiry_time__gte', { expiry_time__gte: '2026-02-01 10:20:10' }, 'expiry_time_gte=', 'CB'],
      ['durationEquals', { durationEquals: 1200 }, 'durations=', 'B'],
      ['durationLessThan', { durationLessThan: 1200 }, 'duration__lt=', 'DA'],
      ['durationLessOrEqual', { durationLessOrEqual: 1200 }, 'duration__lte=', 'DBA'],
      ['durationGreaterThan', { durationGreaterThan: 1200 }, 'duration__gt=', 'C'],
      ['durationGreaterOrEqual', { durationGreaterOrEqual: 1200 }, 'duration__gte=', 'CB'],
      ['duration', { duration: 1200 }, 'duration=', 'B'],
      ['duration__lt', { duration__lt: 1200 }, 'duration_lt=', 'DA'],
      ['duration__lte', { duration__lte: 1200 }, 'duration_lte=', 'DBA'],
      ['duration__gt', { duration__gt: 1200 }, 'duration_gt=', 'C'],
      ['duration__gte', { duration__gte: 1200 }, 'duration_gte=', 'CB'],
      ['sessionDuration', { sessionDuration: 1200 }, 'session_duration=', 'B'],
      ['session_duration__gt', { session_duration__gt: 1200 }, 'session_duration_gt=', 'C'],
      ['limit', { limit: 3 }, 'limit=', 'DCB'],
      ['offset', { offset: 3 }, 'offset=', 'A'],
      ['limit and offset', { limit: 2, offset: 1 }, 'limit=2&offset=1', 'CB'],
      ['minutes', { createdTimeGreaterThan: '2026-02-01 10:00' }, 'created_time__gt=', 'DCB'],
      ['microseconds', { createdTimeGreaterOrEqual: '2026-02-01 10:00:10.000001' }, 'created_time__gte=', 'DCB'],
      ['the time form of the answers', { createdTimeEquals: '2026-02-01 10:00:10 +0000 UTC' }, 'created_times=', 'B'],
      ['ISO 8601', { createdTimeEquals: '2026-02-01T15:30:10+05:30' }, 'created_times=', 'B'],
      ['two filters', { firstParty: ANN, createdTimeGreaterThan: '2026-02-01 10:00:00' }, 'first_party=', 'C'],
      [
        'a window',
        { createdTimeGreaterThan: '2026-02-01 10:00:00', createdTimeLessThan: '2026-02-01 10:00:30' },
        'created_time__gt=',
        'CB',
      ],
    ])('by %s', async (_, filter, wire, expected) => {
      expect(await listed(typeof filter === 'function' ? filter() : { ...filter })).toBe(expected);
      expect(sdk.sent.at(-1)?.path).toContain(wire);
    });

    it('shows the same object as get, with its resource_uri, and the meta of the page', async () => {
      const page = await sdk.sessions.listMaskingSession({ secondParty: DON });
      const [one] = page.response?.objects ?? [];
      const uuid = uuidOf(sessions['B'] ?? {});
      expect(one).toEqual({ ...(await read(uuid)), resourceUri: `${SESSIONS}/${uuid}/` });
      expect(page.response?.meta).toEqual({ limit: 20, offset: 0, totalCount: 1, next: null, previous: null });
    });

    it('moves a limit outside 1 to 20 to the nearest bound', async () => {
      const limits = [];
      for (const limit of [0, -1, 21, 1000]) {
        limits.push((await sdk.sessions.listMaskingSession({ limit })).response?.meta?.['limit']);
      }
      expect(limits).toEqual([1, 1, 20, 20]);
    });

    it.each([
      [{ status: 'ended' }, 'Invalid parameter. status allowed values are active, in-progress, expired or all'],
      [{ createdTimeLessThan: 'yesterday' }, 'Invalid parameter. created_time is not a valid timestamp'],
      [{ createdTimeEquals: '2026-02-30 10:00' }, 'Invalid parameter. created_time is not a valid timestamp'],
      [{ expiryTimeGreaterThan: '2026-13-01 10:00' }, 'Invalid parameter. expiry_time is not a valid timestamp'],
      [{ offset: -1 }, expect.stringContaining('offset')],
      [{ offset: 'x' }, expect.stringContaining('offset')],
      [{ limit: 'many' }, expect.stringContaining('limit')],
      [{ firstParty: 'Amy' }, 'Invalid parameter. first_party is not a valid phone number'],
      [{ secondParty: 'Ben' }, 'Invalid parameter. second_party is not a valid phone number'],
      [{ subaccount: 'nobody' }, 'Invalid parameter. subaccount is not valid'],
    ])('refuses %j', async (filter, message) => {
      await expect(sdk.sessions.listMaskingSession({ ...filter })).rejects.toMatchObject({ status: 400, message });
    });
  });

  describe('documented errors', () => {
    const pinOn = { isPinAuthenticationRequired: true, pinPromptPlay: PROMPT };
    const pins = { ...pinOn, firstPartyPin: '4711', secondPartyPin: '4712' };
    const tooLong = `https://hooks.example.com/${'x'.repeat(1000)}`;
    const urls = [
      'recordingCallbackUrl',
      'callbackUrl',
      'firstPartyPlayUrl',
      'secondPartyPlayUrl',
      'unknownCallerPlay',
      'pinPromptPlay',
      'incorrectPinPlay',
    ];
    const flags = [
      'record',
      'initiateCallToFirstParty',
      'geomatch',
      'isPinAuthenticationRequired',
      'generatePin',
      'forcePinAuthentication',
      'createSessionWithSingleParty',
    ];
    const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const refused = (answer: Promise<SdkAnswer>, message: string): Promise<void> =>
      expect(answer).rejects.toMatchObject({ status: 400, message });

    it.each<[message: string, params: object]>([
      ['session_expiry is outside the allowed range', { sessionExpiry: 59 }],
      ['session_expiry is outside the allowed range', { sessionExpiry: 86_401 }],
      ['session_expiry is outside the allowed range', { sessionExpiry: -1 }],
      ['record_file_format allowed values are mp3 or wav', { recordFileFormat: 'ogg' }],
      ['callback_method allowed values are GET or POST', { callbackMethod: 'PUT' }],
      ['recording_callback_method allowed values are GET or POST', { recordingCallbackMethod: 'DELETE' }],
      ['subaccount is not valid', { subaccount: 'SAXXXXXXXXXXXXXXXXXX' }],
      ['subaccount is not valid', { subaccount: 'couriers' }],
      ['virtual_number_cooloff_period is outside the allowed range', { virtualNumberCooloffPeriod: 3601 }],
      ['first_party_pin should be 4 to 15 digits', { ...pins, firstPartyPin: '123' }],
      ['second_party_pin should be 4 to 15 digits', { ...pins, secondPartyPin: '1234567890123456' }],
      ['first_party_pin and second_party_pin must be different', { ...pins, secondPartyPin: '4711' }],
      ['generate_pin_length is outside the allowed range', { ...pinOn, generatePin: true, generatePinLength: 3 }],
      ['generate_pin_length is outside the allowed range', { ...pinOn, generatePin: true, generatePinLength: 16 }],
      ['pin_retry is outside the allowed range', { ...pins, pinRetry: 6 }],
      ['pin_retry_wait is outside the allowed range', { ...pins, pinRetryWait: 4 }],
      ['pin_retry_wait is outside the allowed range', { ...pins, pinRetryWait: 11 }],
      ...urls.map((name): [string, object] => [
        `${snake(name)} should be a valid URL`,
        { ...pins, [name]: 'not a url' },
      ]),
      ...urls.map((name): [string, object] => [
        `${snake(name)} should be under 1000 characters`,
        { ...pins, [name]: tooLong },
      ]),
      ...flags.map((name): [string, object] => [
        `${snake(name)} allowed values are true or false`,
        { [name]: 'maybe' },
      ]),
    ])('of create: %s', (message, params) => refused(create(AMY, BEN, { ...params }), `Invalid parameter. ${message}`));

    it.each<[message: string, first: string | null, second: string | null, params?: object]>([
      ['Mandatory parameter missing. first_party must be present', null, BEN],
      ['Mandatory parameter missing. second_party must be present', AMY, null],
      ['Mandatory parameter missing. first_party must be present', null, null, { createSessionWithSingleParty: true }],
      ['Invalid parameter. first_party is not a valid phone number', 'Amy', BEN],
      ['Invalid parameter. second_party is not a valid phone number', AMY, 'Ben'],
      ['Invalid parameter. first_party and second_party must be different', AMY, AMY.slice(1)],
      ['Mandatory parameter missing. first_party_pin must be present', AMY, BEN, { ...pinOn, secondPartyPin: '4712' }],
      ['Mandatory parameter missing. second_party_pin must be present', AMY, BEN, { ...pinOn, firstPartyPin: '4711' }],
      ['Mandatory parameter missing. pin_prompt_play must be present', AMY, BEN, { ...pins, pinPromptPlay: undefined }],
      [
        'Mandatory parameter missing. second_party must be present',
        AMY,
        null,
        { createSessionWithSingleParty: true, initiateCallToFirstParty: true },
      ],
      ['Number pool exhausted or not available', '+442079460123', BEN],
    ])('of create: %s', (message, first, second, params = {}) =>
      refused(create(first, second, { ...params }), message),
    );

    it('of an exhausted pool', async () => {
      await endAll();
      for (const other of ['+14155550201', '+14155550202', '+14155550203']) await create(AMY, other);
      await refused(create(AMY, '+14155550204'), 'Number pool exhausted or not available');
      await endAll();
    });

    it('of update', async () => {
      const made = await create(AMY, BEN);
      const update = (params: object): Promise<SdkAnswer> =>
        sdk.sessions.updateMaskingSession(uuidOf(made), { ...params });

      await refused(update({ firstParty: CAT }), 'Invalid parameter. first_party cannot be updated');
      await refused(update({ secondParty: CAT }), 'Invalid parameter. second_party cannot be updated');
      await refused(update({ sessionExpiry: 59 }), 'Invalid parameter. session_expiry is outside the allowed range');
      await refused(update({ record: 'yes' }), 'Invalid parameter. record allowed values are true or false');
      await refused(
        update({ recordFileFormat: 'aac' }),
        'Invalid parameter. record_file_format allowed values are mp3 or wav',
      );
      await refused(update({ callbackUrl: 'nowhere' }), 'Invalid parameter. callback_url should be a valid URL');
      expect(await read(uuidOf(made))).toEqual(made.session);

      await sdk.sessions.deleteMaskingSession(uuidOf(made));
      await refused(update({ sessionExpiry: 600 }), 'Session already expired');
    });

    it('of sessions that do not exist', async () => {
      const nobody = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
      const notFound = { status: 404, message: 'not found' };
      await expect(sdk.sessions.getMaskingSession(nobody)).rejects.toMatchObject(notFound);
      await expect(sdk.sessions.updateMaskingSession(nobody, { record: true })).rejects.toMatchObject(notFound);
      await expect(sdk.sessions.deleteMaskingSession(nobody)).rejects.toMatchObject(notFound);
    });

    it('of wrong credentials', async () => {
      const stranger = plivoSdkAt(service.baseUrl, { authId: service.authId, authToken: 'wrong' });
      const error = await stranger.sessions.listMaskingSession().catch((reason: unknown) => reason as SdkError);
      stranger.restore();

      expect(error).toMatchObject({ status: 401, message: 'invalid authentication credentials' });
      expect((error as SdkError).apiID).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('are sent once: no refusal makes the SDK try again', async () => {
      await create('Amy', BEN).catch(() => undefined);
      expect(sdk.sent).toHaveLength(1);
    });
  });

  describe('what other SDKs send', () => {
    afterEach(endAll);

    const javaZeros = {
      first_party: AMY,
      second_party: BEN,
      geomatch: true,
      record: false,
      initiate_call_to_first_party: false,
      is_pin_authentication_required: false,
      pin_authentication_required: false,
      generate_pin: false,
      force_pin_authentication: false,
      create_session_with_single_party: false,
      session_expiry: 0,
      call_time_limit: 0,
      ring_timeout: 0,
      virtual_number_cooloff_period: 0,
    };

    it("gives the defaults for Java's zeros and falses", async () => {
      const made = await service.sessions<{ session: Record<string, unknown> }>('POST', '/', javaZeros);
      expect(made.status).toBe(201);
      expect(made.body.session).toMatchObject({
        session_expiry: 3600,
        duration: 3600,
        call_time_limit: 3600,
        ring_timeout: 120,
        is_pin_authentication_required: false,
        first_party_pin: null,
        second_party_pin: null,
        generate_pin: null,
        create_session_with_single_party: null,
      });
    });

    it("takes Java's empty text for the party that is missing", async () => {
      const body = { ...javaZeros, second_party: '', create_session_with_single_party: true };
      const made = await service.sessions<{ session: Record<string, unknown> }>('POST', '/', body);
      expect(made.status).toBe(201);
      expect(made.body.session).toMatchObject({ second_party: '', create_session_with_single_party: true });
    });

    it("leaves the expiry alone at Java's update", async () => {
      const made = await create(AMY, BEN, { sessionExpiry: 700, callTimeLimit: 800, ringTimeout: 90 });
      clock.advance(30_000);
      const updated = await service.sessions<{ session: Record<string, unknown> }>('POST', `/${uuidOf(made)}/`, {
        session_expiry: 0,
        call_time_limit: 0,
        ring_timeout: 0,
        record: false,
        create_session_with_single_party: false,
      });
      expect(updated.status).toBe(200);
      expect(updated.body.session).toMatchObject({
        expiry_time: made.session?.['expiryTime'],
        session_expiry: 700,
        duration: 700,
        call_time_limit: 800,
        ring_timeout: 90,
      });
    });

    it.each(['', '/', '//', '?', '/?', '//?'])('lists and creates at the path ending in "%s"', async (ending) => {
      const made = await service.sessions('POST', ending, { first_party: AMY, second_party: BEN });
      const page = await service.sessions<{ response: { meta: { total_count: number } } }>('GET', ending);
      expect([made.status, page.status]).toEqual([201, 200]);
      expect(page.body.response.meta.total_count).toBeGreaterThan(0);
    });

    it.each(['/%', '/%/', '//%', '//%/', '/%?', '/%/?', '/%//', '///%//?'])(
      'reads, changes and ends a session at %s',
      async (form) => {
        const made = await create(AMY, BEN);
        const path = form.replace('%', uuidOf(made));
        const got = await service.sessions<{ response: { session_uuid: string } }>('GET', path);
        const changed = await service.sessions<{ session: { ring_timeout: number } }>('POST', path, {
          ring_timeout: 7,
        });
        const ended = await service.sessions('DELETE', path);
        expect([got.status, changed.status, ended.status]).toEqual([200, 200, 200]);
        expect(got.body.response.session_uuid).toBe(made.sessionUuid);
        expect(changed.body.session.ring_timeout).toBe(7);
      },
    );

    it('ignores bodies of GET and DELETE, whatever they hold', async () => {
      for (const body of ['{}', '""', '{"session_uuid": "x"}', '{broken', '[]']) {
        const made = await create(AMY, BEN);
        const got = await service.sessions('GET', `/${uuidOf(made)}/`, body);
        const ended = await service.sessions('DELETE', `/${uuidOf(made)}/`, body);
        expect([got.status, ended.status]).toEqual([200, 200]);
      }
    });

    it('answers in JSON with a body everywhere, never with 204', async () => {
      const made = await create(AMY, BEN);
      const ended = await service.sessions('DELETE', `/${uuidOf(made)}/`);
      expect(ended.headers['content-type']).toMatch(/^application\/json/);
      expect(ended.body).toEqual({ api_id: expect.any(String), message: 'Session expired' });
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { testConfig } from '../../test/support/ground.js';
import { CreateSessionPipe, UpdateSessionPipe } from './session-body.pipe.js';
import { newParties, requireAllowed } from './session-parties.js';

const config = testConfig({ MAX_SESSION_EXPIRY: '7200' });
const PAIR = { first_party: '+14155550001', second_party: '+14155550002' };
const PROMPT = 'https://files.example.com/prompt.mp3';
const PIN = { is_pin_authentication_required: true, pin_prompt_play: PROMPT };
const PINS = { first_party_pin: '1111', second_party_pin: '2222' };
const SINGLE = { create_session_with_single_party: true };
const create = (body: Record<string, unknown>) => new CreateSessionPipe(config).transform(body);
const update = (body: Record<string, unknown>) => new UpdateSessionPipe(config).transform(body);
const of = (more: object) => create({ ...PAIR, ...more });
const invalid = (param: string, sentence: string) => ({
  code: 'invalid_parameter',
  message: `Invalid parameter. ${sentence}`,
  details: { param },
});
const missing = (param: string) => ({
  code: 'missing_parameter',
  message: `Mandatory parameter missing. ${param} must be present`,
});
/** What a call throws. */
function refusalOf(work: () => unknown): unknown {
  try {
    return { answered: work() };
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: unknown };
    return { code, message, details };
  }
}
const refused = (work: () => unknown, as: object): void => expect(refusalOf(work)).toMatchObject(as);

describe('the body of a create', () => {
  it.each([
    [{}, 'first_party'],
    [{ second_party: '+14155550002' }, 'first_party'],
    [{ first_party: '+14155550001' }, 'second_party'],
    [{ ...PAIR, second_party: '' }, 'second_party'],
    [{ ...PAIR, second_party: null }, 'second_party'],
    [{ ...SINGLE }, 'first_party'],
    // Whoever is to be called, and connected then, has to be known.
    [{ ...SINGLE, second_party: '+14155550002', initiate_call_to_first_party: true }, 'first_party'],
    [{ ...SINGLE, first_party: '+14155550001', initiate_call_to_first_party: 'true' }, 'second_party'],
  ])('%j lacks %s', (body, param) => {
    refused(() => create(body), missing(param));
  });

  it.each([
    { first_party: '+14155550001' },
    { second_party: '+14155550002' },
    { ...PAIR, initiate_call_to_first_party: true },
    { first_party: '+14155550001', create_session_with_single_party: 'TRUE' },
  ])('needs one party where one is enough: %j', (body) => {
    expect(create({ ...SINGLE, ...body })).toMatchObject({ create_session_with_single_party: true });
  });

  it('says what is missing before what is wrong, and a wrong party before a wrong expiry', () => {
    refused(() => create({ second_party: 'x', session_expiry: 1 }), missing('first_party'));
    const wrong = { ...PAIR, second_party: 'x', session_expiry: 1, record: 'x' };
    refused(() => create(wrong), invalid('second_party', 'second_party is not a valid phone number'));
    refused(
      () => create({ ...wrong, second_party: PAIR.second_party }),
      invalid('session_expiry', 'session_expiry is outside the allowed range'),
    );
    refused(() => of({ record: 'x' }), invalid('record', 'record allowed values are true or false'));
  });

  it.each([
    [59, false],
    [60, true],
    [7200, true],
    [7201, false],
    [0, true],
    [-1, false],
  ])('an expiry of %i seconds is allowed: %s', (session_expiry, isAllowed) => {
    const refusal = invalid('session_expiry', 'session_expiry is outside the allowed range');
    if (isAllowed) expect(of({ session_expiry })).toMatchObject({ session_expiry });
    else refused(() => of({ session_expiry }), refusal);
  });

  it('takes a name that other documents use, unless the real one is there too', () => {
    expect(of({ geo_match: false })).toMatchObject({ geomatch: false });
    expect(of({ geo_match: false, geomatch: true })).toMatchObject({ geomatch: true });
  });

  it.each([null, ''])('takes another name where the real one is there and says nothing: %j', (nothing) => {
    expect(of({ geomatch: nothing, geo_match: 'False' })).toMatchObject({ geomatch: false });
    expect(of({ geomatch: false, geo_match: nothing })).toMatchObject({ geomatch: false });
    const single = { create_session_with_single_party: nothing, create_session_with_single_Party: true };
    expect(create({ ...single, second_party: '+14155550002' })).toMatchObject(SINGLE);
  });

  it('with PIN off looks at nothing that belongs to it, but at the flags', () => {
    const wrong = { first_party_pin: 'x', pin_retry: 99, generate_pin_length: 1, pin_prompt_play: 'x' };
    expect(of(wrong)).not.toHaveProperty('pin_retry', 99);
    expect(of({ ...wrong, is_pin_authentication_required: 'false' })).not.toHaveProperty('first_party_pin', 'x');
    refused(() => of({ ...wrong, ...PIN, pin_prompt_play: PROMPT }), { details: { param: 'generate_pin_length' } });
    refused(() => of({ generate_pin: 'x' }), { details: { param: 'generate_pin' } });
  });

  it.each(['callback_url', 'recording_callback_url'])('has a %s that may be called at all', (param) => {
    const own = 'http://127.0.0.1:9/x';
    const open = testConfig({ CALLBACK_ALLOW_PRIVATE: 'true' });
    const strict = testConfig({ CALLBACK_ALLOW_PRIVATE: 'false' });
    const body = { ...PAIR, [param]: own };
    expect(new CreateSessionPipe(open).transform(body)).toMatchObject({ [param]: own });
    refused(() => new CreateSessionPipe(strict).transform(body), {
      message: `Invalid parameter. ${param} should be a valid URL`,
      details: { param },
    });
  });
});

describe('a parameter', () => {
  it.each([
    ['call_time_limit', 59, 60],
    ['call_time_limit', 60, 60],
    ['call_time_limit', 86_400, 86_400],
    ['call_time_limit', 86_401, 86_400],
    ['ring_timeout', -3, 1],
    ['ring_timeout', 600, 600],
    ['ring_timeout', 601, 600],
    ['ring_timeout', ' +45 ', 45],
    ['ring_timeout', 0, undefined],
    ['ring_timeout', 'long', undefined],
    ['ring_timeout', 1.5, undefined],
    ['ring_timeout', 1e30, 600],
    ['ring_timeout', '9'.repeat(40), 600],
    ['ring_timeout', `-${'9'.repeat(40)}`, 1],
    ['call_time_limit', 2 ** 53, 86_400],
    ['call_time_limit', -1e300, 60],
    ['call_time_limit', ' 060 ', 60],
    ['call_time_limit', '6e1', undefined],
    ['call_time_limit', ' ', undefined],
    ['call_time_limit', true, undefined],
    ['call_time_limit', Infinity, 86_400],
    ['record', 'TRUE', true],
    ['record', false, false],
    ['record_file_format', 'WAV', 'wav'],
    ['callback_method', 'get', 'GET'],
    ['virtual_number_cooloff_period', 0, 0],
    ['virtual_number_cooloff_period', '3600', 3600],
    ['callback_url', 'HTTPS://hooks.example.com/a', 'HTTPS://hooks.example.com/a'],
    ['first_party_play_url', '', undefined],
    ['first_party_play_url', null, undefined],
  ])('%s: %j is read as %j', (name, given, read) => {
    expect((of({ [name]: given }) as unknown as Record<string, unknown>)[name]).toBe(read);
  });

  it.each([
    ['first_party_pin', 4711, '4711'],
    ['first_party_pin', '0471', '0471'],
    ['first_party_pin', '123456789012345', '123456789012345'],
    ['generate_pin_length', 0, undefined],
    ['generate_pin_length', 4, 4],
    ['generate_pin_length', 15, 15],
    ['pin_retry', 0, 0],
    ['pin_retry', 5, 5],
    ['pin_retry_wait', 0, undefined],
    ['pin_retry_wait', 5, 5],
    ['pin_retry_wait', 10, 10],
  ])('of PIN, %s: %j is read as %j', (name, given, read) => {
    expect((of({ ...PIN, [name]: given }) as unknown as Record<string, unknown>)[name]).toBe(read);
  });

  const longUrl = `https://hooks.example.com/${'x'.repeat(974)}`;
  const encodedUrl = `https://hooks.example.com/${'東'.repeat(108)}xx`;
  it.each([
    ['record', 'yes', 'record allowed values are true or false'],
    ['record', 1, 'record allowed values are true or false'],
    ['record_file_format', 'ogg', 'record_file_format allowed values are mp3 or wav'],
    ['record_file_format', 1, 'record_file_format allowed values are mp3 or wav'],
    ['virtual_number_cooloff_period', 3601, 'virtual_number_cooloff_period is outside the allowed range'],
    ['virtual_number_cooloff_period', -1, 'virtual_number_cooloff_period is outside the allowed range'],
    ['virtual_number_cooloff_period', 'x', 'virtual_number_cooloff_period is outside the allowed range'],
    ['callback_url', 'ftp://example.com', 'callback_url should be a valid URL'],
    ['callback_url', 'x', 'callback_url should be a valid URL'],
    ['callback_url', 5, 'callback_url should be a valid URL'],
    ['callback_url', 'https://example.com/"', 'callback_url should be a valid URL'],
    ['callback_url', longUrl, null],
    ['callback_url', `${longUrl}x`, 'callback_url should be under 1000 characters'],
    ['callback_url', encodedUrl, null],
    ['callback_url', `${encodedUrl}x`, 'callback_url should be under 1000 characters'],
    ['callback_url', "https://example.com/o'brien?name='x'#'", null],
    [
      'second_party_play_url',
      `https://example.com/${'東'.repeat(470)}.mp3`,
      'second_party_play_url should be under 1000 characters',
    ],
    ['subaccount', 'SAX', 'subaccount is not valid'],
    ['subaccount', 1, 'subaccount is not valid'],
  ])('%s: %j', (name, given, sentence) => {
    if (sentence === null) expect(of({ [name]: given })).toMatchObject({ [name]: given });
    else refused(() => of({ [name]: given }), invalid(name, sentence));
  });

  it.each([
    ['first_party_pin', '123', '4 to 15 digits'],
    ['first_party_pin', '1234567890123456', '4 to 15 digits'],
    ['first_party_pin', '12a4', '4 to 15 digits'],
    ['generate_pin_length', 3, 'outside the allowed range'],
    ['generate_pin_length', 16, 'outside the allowed range'],
    ['pin_retry', 6, 'outside the allowed range'],
    ['pin_retry', -1, 'outside the allowed range'],
    ['pin_retry_wait', 4, 'outside the allowed range'],
    ['pin_retry_wait', 11, 'outside the allowed range'],
  ])('of PIN, %s: %j', (name, given, sentence) => {
    refused(() => of({ ...PIN, [name]: given }), {
      message: expect.stringContaining(sentence),
      details: { param: name },
    });
  });
});

describe('the body of an update', () => {
  it('may name anything or nothing', () => {
    expect(update({})).toEqual({});
    expect(update({ ring_timeout: 20, geomatch: false })).toMatchObject({ ring_timeout: 20 });
    refused(() => update({ record: 'x' }), invalid('record', 'record allowed values are true or false'));
    refused(() => update({ session_expiry: 1 }), { details: { param: 'session_expiry' } });
    // What it cannot change it does not look at.
    const fixed = { initiate_call_to_first_party: 'x', geomatch: 'x', subaccount: 'x', pin_retry: 99 };
    expect(update({ ...fixed, unknown_caller_play: 'x', virtual_number_cooloff_period: -1 })).toMatchObject({});
  });
});

describe('the parties and PINs of a new session', () => {
  const parties = (more: object) => newParties(of(more), config.sessions);

  it('are two different ones', () => {
    expect(parties({})).toEqual({ first: '14155550001', second: '14155550002', firstPin: null, secondPin: null });
    refused(
      () => parties({ second_party: PAIR.first_party }),
      invalid('second_party', 'first_party and second_party must be different'),
    );
  });

  it('have two different PINs', () => {
    expect(parties({ ...PIN, ...PINS })).toMatchObject({ firstPin: '1111', secondPin: '2222' });
    refused(
      () => parties({ ...PIN, ...PINS, second_party_pin: '1111' }),
      invalid('second_party_pin', 'first_party_pin and second_party_pin must be different'),
    );
  });

  it('need a prompt, and each a PIN that is given or generated', () => {
    refused(() => parties({ ...PINS, is_pin_authentication_required: true }), missing('pin_prompt_play'));
    refused(() => parties({ ...PIN }), missing('first_party_pin'));
    refused(() => parties({ ...PIN, first_party_pin: '1111' }), missing('second_party_pin'));
    const made = parties({ ...PIN, generate_pin: true, generate_pin_length: 6, first_party_pin: '1111' });
    expect(made).toMatchObject({ firstPin: '1111', secondPin: expect.stringMatching(/^[0-9]{6}$/) });
    expect(parties({ ...PIN, generate_pin: true }).firstPin).toMatch(/^[0-9]{6}$/);
    const four = testConfig({ GENERATED_PIN_LENGTH: '4' }).sessions;
    expect(newParties(of({ ...PIN, generate_pin: true }), four).secondPin).toMatch(/^[0-9]{4}$/);
  });

  it('never have the same PIN, when one is drawn', () => {
    for (let draw = 0; draw < 50; draw++) {
      const drawn = parties({ ...PIN, generate_pin: true, generate_pin_length: 4 });
      expect(drawn.firstPin).not.toBe(drawn.secondPin);
    }
  });

  it.each([
    [{ first_party: PAIR.first_party }, 'second_party_pin'],
    [{ second_party: PAIR.second_party }, 'first_party_pin'],
  ])('need only the PIN of the role that is missing, because only strangers are asked: %j', (one, needed) => {
    const body = { ...SINGLE, ...one, ...PIN };
    refused(() => newParties(create(body), config.sessions), missing(needed));
    const made = newParties(create({ ...body, [needed]: '3333' }), config.sessions);
    expect([made.firstPin, made.secondPin].filter((pin) => pin !== null)).toEqual(['3333']);
    // Forced, everybody is asked.
    const other = needed === 'first_party_pin' ? 'second_party_pin' : 'first_party_pin';
    const forced = { ...body, [needed]: '3333', force_pin_authentication: true };
    refused(() => newParties(create(forced), config.sessions), missing(other));
  });

  it.each(['first', 'second'] as const)('may all be called: the %s too', (role) => {
    const allowed = { allowed_countries: ['US'] };
    const abroad = { first: '14155550001', second: '14155550002', [role]: '442079460123' };
    refused(() => requireAllowed(abroad, allowed), {
      code: 'destination_not_allowed',
      message: `Invalid parameter. ${role}_party is not an allowed destination: its country is not among the account's allowed_countries, which an operator sets by PATCH /admin/accounts/{auth_id}/settings`,
    });
    expect(() => requireAllowed({ ...abroad, [role]: null }, allowed)).not.toThrow();
    // No setting opens these.
    refused(() => requireAllowed({ ...abroad, [role]: '447012345678' }, allowed), {
      code: 'destination_not_allowed',
      message: `Invalid parameter. ${role}_party is not an allowed destination`,
    });
  });
});

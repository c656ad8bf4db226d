import { describe, expect, it } from '@jest/globals';
import { testConfig } from '../../test/support/ground.js';
import { CreateSessionPipe, UpdateSessionPipe } from './session-body.pipe.js';
import type { SessionSettings } from './session.entity.js';
import { changedSettings, expiryInstant, givenExpiry, newSettings, renewedSettings } from './session-settings.js';
import { NEVER } from './session.entity.js';

const config = testConfig();
const defaults = config.sessions;
const never = { ...defaults, zeroExpiry: 'never' as const };
const PAIR = { first_party: '+14155550001', second_party: '+14155550002' };
const PIN = {
  is_pin_authentication_required: true,
  first_party_pin: '1111',
  second_party_pin: '2222',
  pin_prompt_play: 'https://example.com/p.mp3',
};
const create = (more: object = {}) => new CreateSessionPipe(config).transform({ ...PAIR, ...more });
const update = (more: object = {}) => new UpdateSessionPipe(config).transform({ ...more });
const settings = (more: object = {}): SessionSettings => newSettings(create(more), defaults);

describe("a session's settings", () => {
  it('are the defaults of the installation where nothing else is asked for', () => {
    const own = {
      ...defaults,
      defaultExpirySeconds: 111,
      defaultCallTimeLimitSeconds: 222,
      defaultRingTimeoutSeconds: 33,
    };
    expect(newSettings(create(), own)).toMatchObject({ session_expiry: 111, call_time_limit: 222, ring_timeout: 33 });
    const asked = { session_expiry: 600, call_time_limit: 700, ring_timeout: 44 };
    expect(newSettings(create(asked), own)).toMatchObject(asked);
  });

  it('with PIN on have its defaults, and with PIN off nothing of it', () => {
    expect(settings(PIN)).toMatchObject({
      is_pin_authentication_required: true,
      generate_pin: false,
      generate_pin_length: 4,
      pin_retry: 1,
      pin_retry_wait: 5,
      force_pin_authentication: false,
    });
    expect(settings({ ...PIN, pin_retry: 3, is_pin_authentication_required: false })).toMatchObject({
      is_pin_authentication_required: false,
      generate_pin: null,
      pin_retry: null,
      pin_prompt_play: null,
    });
  });

  it('tell the length of PINs that are to be generated: as asked, or as the installation makes them', () => {
    const generating = { ...PIN, generate_pin: true };
    expect(settings(generating).generate_pin_length).toBe(6);
    expect(settings({ ...generating, generate_pin_length: 9 }).generate_pin_length).toBe(9);
    expect(newSettings(create(generating), { ...defaults, generatedPinLength: 4 }).generate_pin_length).toBe(4);
  });

  it('say that one party is enough only where that was asked for', () => {
    expect(settings().create_session_with_single_party).toBeNull();
    expect(settings({ create_session_with_single_party: false }).create_session_with_single_party).toBeNull();
    expect(settings({ create_session_with_single_party: true }).create_session_with_single_party).toBe(true);
  });

  it('change by an update in what it names, and in nothing else', () => {
    const before = settings({ ring_timeout: 20, callback_url: 'https://example.com/a', session_expiry: 600 });
    expect(changedSettings(before, update({ ring_timeout: 30 }), defaults)).toEqual({ ...before, ring_timeout: 30 });
    expect(changedSettings(before, update({ session_expiry: 900, record: false }), defaults)).toEqual({
      ...before,
      session_expiry: 900,
    });
    expect(changedSettings(before, update(), defaults)).toEqual(before);
  });

  it('change by a renewal in what is not bound to the number or the PINs', () => {
    const before = settings({
      unknown_caller_play: 'https://example.com/u.mp3',
      initiate_call_to_first_party: true,
      virtual_number_cooloff_period: 30,
    });
    expect(renewedSettings(before, create(), defaults)).toEqual(before);
    expect(
      renewedSettings(
        before,
        create({
          initiate_call_to_first_party: false,
          unknown_caller_play: 'https://example.com/v.mp3',
          virtual_number_cooloff_period: 60,
          ring_timeout: 7,
          geomatch: false,
        }),
        defaults,
      ),
    ).toEqual({
      ...before,
      initiate_call_to_first_party: false,
      unknown_caller_play: 'https://example.com/v.mp3',
      virtual_number_cooloff_period: 60,
      ring_timeout: 7,
    });
  });

  it('say from a renewal on that one party is enough where that is asked for, and go on saying so', () => {
    const single = { create_session_with_single_party: true };
    expect(renewedSettings(settings(), create(single), defaults)).toEqual(settings(single));
    for (const more of [{}, { create_session_with_single_party: false }])
      expect(renewedSettings(settings(single), create(more), defaults)).toEqual(settings(single));
  });

  it('keep the cool-off of a renewal that names 0, as some SDKs always do', () => {
    const before = settings({ virtual_number_cooloff_period: 30 });
    expect(renewedSettings(before, create({ virtual_number_cooloff_period: 0 }), defaults)).toEqual(before);
  });

  it('have an expiry of 0 for no wish, or for no end where the installation says so', () => {
    expect([givenExpiry(update(), never), givenExpiry(update(), defaults)]).toEqual([null, null]);
    const zero = update({ session_expiry: 0 });
    expect([givenExpiry(zero, never), givenExpiry(zero, defaults)]).toEqual([0, null]);
    expect(givenExpiry(update({ session_expiry: 60 }), never)).toBe(60);
    expect(newSettings(create({ session_expiry: 0 }), never).session_expiry).toBe(0);
    expect([expiryInstant(0, 5000), expiryInstant(1, 5000)]).toEqual([NEVER, 6000]);
  });
});

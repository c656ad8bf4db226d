import type { Config } from '../platform/settings/config.js';
import { NEVER, type SessionSettings } from './session.entity.js';
import { CreateSessionDto, UpdateSessionDto } from './session-request.dto.js';

export type SessionDefaults = Config['sessions'];

/** What Plivo answers where no PIN is to be generated. */
const DEFAULT_PIN_LENGTH = 4;

const DEFAULTS = {
  record: false,
  record_file_format: 'mp3',
  recording_callback_url: '',
  recording_callback_method: 'POST',
  callback_url: '',
  callback_method: 'POST',
  initiate_call_to_first_party: false,
  first_party_play_url: '',
  second_party_play_url: '',
  geomatch: true,
  unknown_caller_play: '',
  virtual_number_cooloff_period: 0,
} as const satisfies Partial<SessionSettings>;

/** With PIN off these are null or false, whatever was sent. */
const PIN_OFF = {
  is_pin_authentication_required: false,
  generate_pin: null,
  generate_pin_length: null,
  pin_prompt_play: null,
  pin_retry: null,
  pin_retry_wait: null,
  incorrect_pin_play: null,
  force_pin_authentication: false,
} as const satisfies Partial<SessionSettings>;

const PIN_DEFAULTS = {
  is_pin_authentication_required: true,
  generate_pin: false,
  generate_pin_length: DEFAULT_PIN_LENGTH,
  pin_prompt_play: null,
  pin_retry: 1,
  pin_retry_wait: 5,
  incorrect_pin_play: null,
  force_pin_authentication: false,
} as const satisfies Partial<SessionSettings>;

/** Digits of the PINs that are generated for a session. */
export function generatedPinLength(request: CreateSessionDto, defaults: SessionDefaults): number {
  return request.generate_pin_length ?? defaults.generatedPinLength;
}

/** The settings of a new session: what was asked for, and defaults. */
export function newSettings(request: CreateSessionDto, defaults: SessionDefaults): SessionSettings {
  return {
    ...givenOr(DEFAULTS, request),
    ...(request.is_pin_authentication_required ? pinSettings(request, defaults) : PIN_OFF),
    session_expiry: givenExpiry(request, defaults) ?? defaults.defaultExpirySeconds,
    call_time_limit: request.call_time_limit ?? defaults.defaultCallTimeLimitSeconds,
    ring_timeout: request.ring_timeout ?? defaults.defaultRingTimeoutSeconds,
    create_session_with_single_party: request.create_session_with_single_party ? true : null,
  };
}

function pinSettings(request: CreateSessionDto, defaults: SessionDefaults) {
  const given = givenOr(PIN_DEFAULTS, request);
  return request.generate_pin ? { ...given, generate_pin_length: generatedPinLength(request, defaults) } : given;
}

function givenOr<Name extends keyof CreateSessionDto & keyof SessionSettings>(
  defaults: { readonly [name in Name]: SessionSettings[name] },
  request: CreateSessionDto,
): Pick<SessionSettings, Name> {
  const names = Object.keys(defaults) as Name[];
  return Object.fromEntries(names.map((name) => [name, request[name] ?? defaults[name]])) as unknown as Pick<
    SessionSettings,
    Name
  >;
}

const CHANGEABLE = [
  'call_time_limit',
  'ring_timeout',
  'record',
  'record_file_format',
  'recording_callback_url',
  'recording_callback_method',
  'callback_url',
  'callback_method',
  'first_party_play_url',
  'second_party_play_url',
] as const;

/** The settings after an update: only what was given changes. */
export function changedSettings(
  settings: SessionSettings,
  request: UpdateSessionDto,
  defaults: SessionDefaults,
): SessionSettings {
  const given = CHANGEABLE.filter((name) => request[name] !== undefined).map((name) => [name, request[name]]);
  return {
    ...settings,
    ...(Object.fromEntries(given) as Partial<SessionSettings>),
    session_expiry: givenExpiry(request, defaults) ?? settings.session_expiry,
  };
}

const TOLD_AT = [
  'callback_url',
  'callback_method',
  'recording_callback_url',
  'recording_callback_method',
  'message_callback_url',
  'message_callback_method',
] as const;

/** Whether anything of the session is told elsewhere, or by another method, with these settings than with those. */
export function isToldElsewhere(before: SessionSettings, after: SessionSettings): boolean {
  return TOLD_AT.some((name) => before[name] !== after[name]);
}

/** The settings after a create for a pair that is live: as an update, and what else is not bound to the number or to the PINs. */
export function renewedSettings(
  settings: SessionSettings,
  request: CreateSessionDto,
  defaults: SessionDefaults,
): SessionSettings {
  return {
    ...changedSettings(settings, request, defaults),
    initiate_call_to_first_party: request.initiate_call_to_first_party ?? settings.initiate_call_to_first_party,
    unknown_caller_play: request.unknown_caller_play ?? settings.unknown_caller_play,
    // False is what the Java SDK sends when nobody asked, as it and .NET send 0 below.
    create_session_with_single_party:
      request.create_session_with_single_party === true ? true : settings.create_session_with_single_party,
    virtual_number_cooloff_period: request.virtual_number_cooloff_period || settings.virtual_number_cooloff_period,
  };
}

/** The expiry that was asked for, in seconds; null when none was. 0 asks for none, or with ZERO_SESSION_EXPIRY=never for no end. */
export function givenExpiry(request: UpdateSessionDto, defaults: SessionDefaults): number | null {
  if (request.session_expiry === undefined) return null;
  if (request.session_expiry > 0) return request.session_expiry;
  return defaults.zeroExpiry === 'never' ? 0 : null;
}

/** When a session of this expiry ends, counted from `now`. */
export function expiryInstant(expirySeconds: number, now: number): number {
  return expirySeconds === 0 ? NEVER : now + expirySeconds * 1000;
}

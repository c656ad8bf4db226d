import { ApiPropertyOptional } from '@nestjs/swagger';
import { ClampedSeconds, Flag, OneOf, PhoneNumber, Pin, Range, SubaccountId, WebUrl } from './parameter-rules.js';

// Parameters in the order of the reference's table: the first one that is wrong is the one that is told.

/** The parameters that may change while a session lives. */
class ChangeableParameters {
  @ApiPropertyOptional({
    example: '+14155550123',
    description: 'E.164, with or without plus. Required unless create_session_with_single_party.',
  })
  @PhoneNumber()
  first_party?: string;

  @ApiPropertyOptional({ example: '+14155550124', description: 'As first_party, and another number.' })
  @PhoneNumber()
  second_party?: string;

  @ApiPropertyOptional({
    description: 'Seconds, 60 to MAX_SESSION_EXPIRY. 0 or absent: DEFAULT_SESSION_EXPIRY; on update: unchanged.',
    default: 3600,
  })
  @Range(0, Number.MAX_SAFE_INTEGER)
  session_expiry?: number;

  @ApiPropertyOptional({
    description: 'Seconds from the bridge to the cut; moved into 60 to 86400. 0: not given.',
    default: 3600,
  })
  @ClampedSeconds(60, 86_400)
  call_time_limit?: number;

  @ApiPropertyOptional({
    description: 'Seconds a phone rings, both legs; moved into 1 to 600. 0: not given.',
    default: 120,
  })
  @ClampedSeconds(1, 600)
  ring_timeout?: number;

  @ApiPropertyOptional({ description: 'Record from the moment both have answered; one file a call.', default: false })
  @Flag()
  record?: boolean;

  @ApiPropertyOptional({ default: 'mp3' })
  @OneOf('mp3', 'wav')
  record_file_format?: 'mp3' | 'wav';

  @ApiPropertyOptional({ description: 'http or https, at most 1000 characters.' })
  @WebUrl()
  recording_callback_url?: string;

  @ApiPropertyOptional({ enum: ['GET', 'POST'], default: 'POST' })
  @OneOf('GET', 'POST')
  recording_callback_method?: 'GET' | 'POST';

  @ApiPropertyOptional({ description: 'http or https, at most 1000 characters.' })
  @WebUrl()
  callback_url?: string;

  @ApiPropertyOptional({ enum: ['GET', 'POST'], default: 'POST' })
  @OneOf('GET', 'POST')
  callback_method?: 'GET' | 'POST';

  @ApiPropertyOptional({ description: 'URL of an mp3 or wav file, played to the first party before it is connected.' })
  @WebUrl()
  first_party_play_url?: string;

  @ApiPropertyOptional({ description: 'URL of an mp3 or wav file, played to the second party before it is connected.' })
  @WebUrl()
  second_party_play_url?: string;

  @ApiPropertyOptional({
    description: 'Pass texts on too. Only where texts are on for the account; needs a number that takes texts.',
    default: false,
  })
  @Flag()
  messaging?: boolean;

  @ApiPropertyOptional({
    description: 'Where text events are sent, in place of callback_url: http or https, at most 1000 characters.',
  })
  @WebUrl()
  message_callback_url?: string;

  @ApiPropertyOptional({ enum: ['GET', 'POST'], default: 'POST', description: 'Of message_callback_url.' })
  @OneOf('GET', 'POST')
  message_callback_method?: 'GET' | 'POST';
}

/** Body of `POST .../Masking/Session/{uuid}/`. Everything else that an SDK sends along is ignored. */
export class UpdateSessionDto extends ChangeableParameters {
  static readonly isChange = true;
}

/** Body of `POST .../Masking/Session/`. Unknown keys are ignored. */
export class CreateSessionDto extends ChangeableParameters {
  /** What is mandatory, in the words of the OpenAPI document. */
  static readonly anyOf = [
    { required: ['first_party', 'second_party'] },
    { required: ['first_party', 'create_session_with_single_party'] },
    { required: ['second_party', 'create_session_with_single_party'] },
  ];

  @ApiPropertyOptional({ description: 'Call the first party at once, then the second.', default: false })
  @Flag()
  initiate_call_to_first_party?: boolean;

  @ApiPropertyOptional({
    description:
      "The number's country calling code must be the first party's. Numbers of India are lent to parties in India only: for others that is 400 `country_rule`, or, with false, another country's number.",
    default: true,
  })
  @Flag()
  geomatch?: boolean;

  @ApiPropertyOptional({ description: 'Auth ID of a subaccount of this account: its numbers, its ownership.' })
  @SubaccountId()
  subaccount?: string;

  @ApiPropertyOptional({ description: 'Ask callers whose number is not registered for a PIN.', default: false })
  @Flag()
  is_pin_authentication_required?: boolean;

  @ApiPropertyOptional({ description: 'Make the PINs that are not given. Only with PIN on.', default: false })
  @Flag()
  generate_pin?: boolean;

  @ApiPropertyOptional({
    minimum: 0,
    maximum: 15,
    default: 6,
    description: 'Digits of a generated PIN. 0 or absent: GENERATED_PIN_LENGTH.',
  })
  @Range(4, 15, { zeroIsUnset: true })
  generate_pin_length?: number;

  @ApiPropertyOptional({
    description: '4 to 15 digits, other than second_party_pin. Required with PIN on unless generated.',
  })
  @Pin()
  first_party_pin?: string;

  @ApiPropertyOptional({
    description: '4 to 15 digits, other than first_party_pin. Required with PIN on unless generated.',
  })
  @Pin()
  second_party_pin?: string;

  @ApiPropertyOptional({ description: 'URL of the prompt. Required with PIN on.' })
  @WebUrl()
  pin_prompt_play?: string;

  @ApiPropertyOptional({ minimum: 0, maximum: 5, default: 1 })
  @Range(0, 5)
  pin_retry?: number;

  @ApiPropertyOptional({ default: 5, description: 'Seconds allowed for input, 5 to 10; 0: not given.' })
  @Range(5, 10, { zeroIsUnset: true })
  pin_retry_wait?: number;

  @ApiPropertyOptional({ description: 'URL played after a wrong PIN.' })
  @WebUrl()
  incorrect_pin_play?: string;

  @ApiPropertyOptional({ description: 'URL played to callers who belong to no session; only with PIN off.' })
  @WebUrl()
  unknown_caller_play?: string;

  @ApiPropertyOptional({ description: 'Ask registered callers for their PIN too. Only with PIN on.', default: false })
  @Flag()
  force_pin_authentication?: boolean;

  @ApiPropertyOptional({ description: 'One party is enough; the other may be set later.', default: false })
  @Flag()
  create_session_with_single_party?: boolean;

  @ApiPropertyOptional({
    minimum: 0,
    maximum: 3600,
    default: 0,
    description: 'Seconds after the end before its parties can be given the number again.',
  })
  @Range(0, 3600)
  virtual_number_cooloff_period?: number;
}

/** Other spellings that official SDKs and older documents use. */
export const parameterAliases: Record<string, keyof CreateSessionDto> = {
  sub_account: 'subaccount',
  geo_match: 'geomatch',
  create_session_with_single_Party: 'create_session_with_single_party',
  is_pin_authentication: 'is_pin_authentication_required',
};

/** Ignored while PIN is off; the two flags beside them are checked all the same, as every flag is. */
export const pinParameters = [
  'generate_pin_length',
  'first_party_pin',
  'second_party_pin',
  'pin_prompt_play',
  'pin_retry',
  'pin_retry_wait',
  'incorrect_pin_play',
] as const satisfies (keyof CreateSessionDto)[];

/** The order of the reference's table. */
export const parameterOrder = [
  'first_party',
  'second_party',
  'session_expiry',
  'call_time_limit',
  'ring_timeout',
  'record',
  'record_file_format',
  'recording_callback_url',
  'recording_callback_method',
  'callback_url',
  'callback_method',
  'initiate_call_to_first_party',
  'first_party_play_url',
  'second_party_play_url',
  'geomatch',
  'subaccount',
  'is_pin_authentication_required',
  'generate_pin',
  'generate_pin_length',
  'first_party_pin',
  'second_party_pin',
  'pin_prompt_play',
  'pin_retry',
  'pin_retry_wait',
  'incorrect_pin_play',
  'unknown_caller_play',
  'force_pin_authentication',
  'create_session_with_single_party',
  'virtual_number_cooloff_period',
  'messaging',
  'message_callback_url',
  'message_callback_method',
] as const satisfies (keyof CreateSessionDto)[];

/** Every name that a create or an update may have; what an update does not change it ignores, as Plivo does. */
export const KNOWN_PARAMETERS: ReadonlySet<string> = new Set([...parameterOrder, ...Object.keys(parameterAliases)]);

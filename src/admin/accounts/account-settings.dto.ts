import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  isLanguage,
  isMoneyText,
  REFUSAL_KEYS,
  type AllowedCountries,
  type CallSettingsPatch,
  type ChosenSettings,
  type RefusalKey,
} from '../../accounts/index.js';
import { COUNTRIES } from '../../telephony/destination-table.js';
import { LARGEST_CAP } from '../../platform/settings/config-formats.js';
import { IfGiven } from '../values.dto.js';
import { complaintAbout, SENTENCE } from './sentences.js';
import { ApiProperty } from '@nestjs/swagger';
import { TextSettingsChange, textSettingsMembers } from './text-settings.dto.js';
import { count, integer, money, orNull, shape, text, type Schema } from '../../platform/openapi/schemas.js';

@ValidatorConstraint({ name: 'isLanguage' })
class IsLanguage implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isLanguage(value);
  }

  defaultMessage(): string {
    return 'language must be a language tag such as en-US';
  }
}

@ValidatorConstraint({ name: 'areRefusals' })
class AreRefusals implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return complaintAbout('refusals', REFUSAL_KEYS, value) === null;
  }

  defaultMessage({ value }: ValidationArguments): string {
    return complaintAbout('refusals', REFUSAL_KEYS, value) ?? '';
  }
}

@ValidatorConstraint({ name: 'isMoneyText' })
class IsMoneyText implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isMoneyText(value);
  }

  defaultMessage({ property }: ValidationArguments): string {
    return `${property} must be decimal text such as "0.05", from 0 to 999999 with at most six places`;
  }
}

@ValidatorConstraint({ name: 'areCountries' })
class AreCountries implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    if (value === 'own') return true;
    return Array.isArray(value) && value.length <= COUNTRIES.size && value.every((code) => COUNTRIES.has(code));
  }

  defaultMessage(): string {
    return `allowed_countries must be null, "own" or a list of at most ${COUNTRIES.size} ISO 3166 codes in capitals, such as US and GB`;
  }
}

const COUNTRIES_TEXT =
  "ISO 3166 alpha-2; `own`: the countries of the account's numbers; null: every country, an empty list: no calls at all.";
const COUNTRIES_SCHEMAS = [
  { type: 'array', items: { type: 'string' } },
  { type: 'string', enum: ['own'] },
  { type: 'null' },
];
const SENTENCES_OR_NULL = Object.fromEntries(REFUSAL_KEYS.map((key) => [key, SENTENCE]));

const COUNT_WANTED = `$property must be null or a whole number from 0, for no cap, to ${LARGEST_CAP}`;

export class AccountSettingsChange extends TextSettingsChange implements CallSettingsPatch {
  @ApiProperty({ type: 'string', description: 'In which refusals are spoken.', example: 'en-US' })
  @IfGiven()
  @Validate(IsLanguage)
  language?: string;

  @ApiProperty({
    type: 'object',
    description:
      'Sentence by occasion; null: the built-in one, which strangers and withheld callers have none of; empty: rejected without a word.',
    properties: SENTENCES_OR_NULL as Record<string, never>,
    additionalProperties: false,
    example: { busy: 'Please try again later.' },
  })
  @IfGiven()
  // As it came: the transformer would drop members called like a method of every object, instead of leaving them to be refused.
  @Transform(({ obj }: TransformFnParams) => (obj as { refusals?: unknown }).refusals)
  @Validate(AreRefusals)
  refusals?: Partial<Record<RefusalKey, string | null>>;

  @ApiProperty({ description: COUNTRIES_TEXT, anyOf: COUNTRIES_SCHEMAS, example: ['US', 'CA'] })
  @IsOptional()
  @Validate(AreCountries)
  allowed_countries?: AllowedCountries;

  @ApiProperty({ description: 'Days after which recordings are deleted, here and at Plivo.' })
  @IfGiven()
  @IsInt({ message: 'recording_retention_days must be a whole number from 1 to 3650' })
  @Min(1, { message: 'recording_retention_days must be a whole number from 1 to 3650' })
  @Max(3650, { message: 'recording_retention_days must be a whole number from 1 to 3650' })
  recording_retention_days?: number;

  @ApiProperty({
    description:
      'Where callers whom no session claims are handed on to, by POST; null: they are refused. As callback URLs are, and not this service itself.',
  })
  @IsOptional()
  @IsString({ message: 'unrouted_url must be null or a URL' })
  unrouted_url?: string | null;

  @ApiProperty({
    type: 'string',
    description:
      "ISO 3166 alpha-2: where operators mean national spellings of numbers; null: the country of the account's numbers, if they are all of one.",
    example: 'US',
  })
  @IsOptional()
  @IsIn([...COUNTRIES], { message: 'default_country must be null or an ISO 3166 code in capitals, such as US' })
  default_country?: string | null;

  @ApiProperty({
    type: 'string',
    description: "What the account is charged for each session, on top of Plivo's prices.",
  })
  @IfGiven()
  @Validate(IsMoneyText)
  session_fee?: string;

  @ApiProperty({ type: 'string', description: 'What it is charged for each minute that Plivo bills, of each leg.' })
  @IfGiven()
  @Validate(IsMoneyText)
  minute_fee?: string;

  @ApiProperty({
    type: 'string',
    description:
      'What it is charged for each unit of a text that is passed on; what Plivo does not charge costs nothing.',
  })
  @IfGiven()
  @Validate(IsMoneyText)
  message_fee?: string;

  @ApiProperty({
    description:
      "Calls to first parties that its sessions may request in a UTC day; 0: any number, null: as many as the installation's setting says.",
  })
  @IsOptional()
  @IsInt({ message: COUNT_WANTED })
  @Min(0, { message: COUNT_WANTED })
  @Max(LARGEST_CAP, { message: COUNT_WANTED })
  daily_requested_calls?: number | null;

  @ApiProperty({ description: 'Different phones that may be dialled in a UTC day; 0 and null as above.' })
  @IsOptional()
  @IsInt({ message: COUNT_WANTED })
  @Min(0, { message: COUNT_WANTED })
  @Max(LARGEST_CAP, { message: COUNT_WANTED })
  daily_destinations?: number | null;

  @ApiProperty({ type: 'string', description: 'The most that its calls may cost in a UTC day; null: no limit.' })
  @IsOptional()
  @Validate(IsMoneyText)
  daily_spend_cap?: string | null;

  @ApiProperty({
    type: 'string',
    description:
      'The highest price of a minute of one leg, by which the longest call is reckoned before it is dialled. Wanted beside a cap.',
  })
  @IsOptional()
  @Validate(IsMoneyText)
  max_rate_per_minute?: string | null;

  @ApiProperty({
    type: 'string',
    description:
      "The highest price of a unit of one text, carriers' part included. Where it is null beside a cap, no text is passed on.",
  })
  @IsOptional()
  @Validate(IsMoneyText)
  max_rate_per_message?: string | null;
}

export const ACCOUNT_SETTINGS = shape<ChosenSettings>('AccountSettings', () => ({
  language: text('In which refusals are spoken.', 'en-US'),
  refusals: {
    type: 'object',
    description: 'Sentences in place of the built-in ones, by occasion; empty: rejected without a word.',
    properties: Object.fromEntries(REFUSAL_KEYS.map((key): [string, Schema] => [key, { type: 'string' }])),
    example: { busy: 'Please try again later.' },
  },
  allowed_countries: { description: COUNTRIES_TEXT, anyOf: COUNTRIES_SCHEMAS, example: ['US', 'CA'] },
  recording_retention_days: integer('Days after which recordings are deleted.', 30),
  unrouted_url: orNull(text('Where callers whom no session claims are handed on to.', 'https://ivr.example/answer')),
  ...textSettingsMembers(),
  default_country: orNull(
    text("Where operators mean national spellings of numbers; null: the country of the account's numbers.", 'US'),
  ),
  session_fee: money('For each session.'),
  minute_fee: money('For each minute that Plivo bills, of each leg.'),
  message_fee: money('For each unit of a text that is passed on.'),
  daily_spend_cap: orNull(money('A UTC day; null: no limit.')),
  max_rate_per_minute: orNull(money('The highest price of a minute of one leg.')),
  max_rate_per_message: orNull(money('The highest price of a unit of one text.')),
  daily_requested_calls: count('A UTC day; 0: any number.', 500),
  daily_destinations: count('A UTC day; 0: any number.', 1000),
}));

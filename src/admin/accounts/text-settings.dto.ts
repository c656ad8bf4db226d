import { ApiProperty } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  Max,
  Min,
  Validate,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  areContactKinds,
  areTextLanguages,
  NOTICE_KINDS,
  type NoticeKind,
  type TextSettings,
  type TextSettingsPatch,
} from '../../accounts/index.js';
import { CONTACT_KINDS, type ContactKind } from '../../telephony/redact-contacts.js';
import { OPT_LANGUAGES } from '../../telephony/opt-words.js';
import { count, flag, listOf, text, word, type Members } from '../../platform/openapi/schemas.js';
import { IfGiven } from '../values.dto.js';
import { complaintAbout, SENTENCE } from './sentences.js';

@ValidatorConstraint({ name: 'areTextLanguages' })
class AreTextLanguages implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return areTextLanguages(value);
  }

  defaultMessage(): string {
    return `text_languages must be a list of ${OPT_LANGUAGES.join(', ')}`;
  }
}

@ValidatorConstraint({ name: 'areContactKinds' })
class AreContactKinds implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return areContactKinds(value);
  }

  defaultMessage(): string {
    return `text_redaction must be a list of ${CONTACT_KINDS.join(', ')}`;
  }
}

@ValidatorConstraint({ name: 'areNotices' })
class AreNotices implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return complaintAbout('text_notices', NOTICE_KINDS, value) === null;
  }

  defaultMessage({ value }: ValidationArguments): string {
    return complaintAbout('text_notices', NOTICE_KINDS, value) ?? '';
  }
}

const TEXT_DAYS_WANTED = 'text_retention_days must be a whole number from 0 to 30';

/** What an account's texts are judged by; a part of its settings. */
export class TextSettingsChange implements TextSettingsPatch {
  @ApiProperty({
    type: 'string',
    enum: ['on', 'off'],
    description:
      'Whether sessions may have texts. Off: messaging is refused, and nothing more is passed on in sessions that have it.',
  })
  @IfGiven()
  @IsIn(['on', 'off'], { message: 'texts must be on or off' })
  texts?: 'on' | 'off';

  @ApiProperty({
    description:
      'Whether a new session has messaging where its request does not say, while texts are on: for clients that cannot send the parameter. It has none beside force_pin_authentication, and where no number fits that can text between its parties.',
  })
  @IfGiven()
  @IsBoolean({ message: 'messaging_default must be true or false' })
  messaging_default?: boolean;

  @ApiProperty({
    description:
      'Whether pictures and films that come with a text are passed on with it: over numbers with MMS, to the USA and Canada. Off: they stay behind, and who sent them is told.',
  })
  @IfGiven()
  @IsBoolean({ message: 'messaging_media must be true or false' })
  messaging_media?: boolean;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: [...OPT_LANGUAGES] },
    description: 'Languages whose words for STOP, START and HELP are understood, besides English and that of language.',
    example: ['es', 'fr'],
  })
  @IfGiven()
  @Validate(AreTextLanguages)
  text_languages?: string[];

  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, SENTENCE])),
    additionalProperties: false,
    description:
      'What who has written is told by us, one a day of each kind; null: the built-in sentence again, empty: nothing. Built-in, strangers are told nothing, nor who wrote what was not delivered.',
    example: { failed: 'Your text was not delivered.' },
  })
  @IfGiven()
  // As it came: a member that is not ours is to be complained about.
  @Transform(({ obj }: TransformFnParams) => (obj as { text_notices?: unknown }).text_notices)
  @Validate(AreNotices)
  text_notices?: Partial<Record<NoticeKind, string | null>>;

  @ApiProperty({ description: 'Days after which the words of texts are deleted; 0: as soon as Plivo has them.' })
  @IfGiven()
  @IsInt({ message: TEXT_DAYS_WANTED })
  @Min(0, { message: TEXT_DAYS_WANTED })
  @Max(30, { message: TEXT_DAYS_WANTED })
  text_retention_days?: number;

  @ApiProperty({
    description:
      'Whether SessionMessageReceived says what was written. It is then kept, sealed, as long as callbacks are.',
  })
  @IfGiven()
  @IsBoolean({ message: 'text_in_callbacks must be true or false' })
  text_in_callbacks?: boolean;

  @ApiProperty({
    type: 'array',
    items: { type: 'string', enum: [...CONTACT_KINDS] },
    description: 'What is taken out of texts before they are passed on: phone numbers, mail addresses, links.',
  })
  @IfGiven()
  @Validate(AreContactKinds)
  text_redaction?: ContactKind[];
}

export const textSettingsMembers = (): Members<TextSettings> => ({
  texts: word('Whether sessions may have texts.', ['on', 'off']),
  messaging_default: flag('Whether a new session has messaging where its request does not say.'),
  messaging_media: flag('Whether pictures and films are passed on.'),
  text_languages: listOf(
    text('ISO 639-1.', 'es'),
    'Whose words for STOP, START and HELP are understood, besides English and that of language.',
  ),
  text_retention_days: count('Days after which the words of texts are deleted; 0: as soon as Plivo has them.', 0),
  text_redaction: listOf(word('A kind.', CONTACT_KINDS), 'What is taken out of texts before they are passed on.'),
  text_in_callbacks: flag('Whether SessionMessageReceived says what was written.'),
  text_notices: {
    type: 'object',
    description: 'Sentences in place of the built-in ones, by occasion; empty: nothing is said.',
    properties: Object.fromEntries(NOTICE_KINDS.map((kind) => [kind, { type: 'string' }])),
    example: { failed: 'Your text was not delivered.' },
  },
});

import { IsIn } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { count, flag, listOf, optional, shape, text, type Schema } from '../../platform/openapi/schemas.js';
import type { ImportResult } from '../../sessions/index.js';
import { IfGiven } from '../values.dto.js';

export const MOST_SESSIONS = 10_000;

export class ImportQuery {
  @ApiProperty({ description: 'Only say what would be done: nothing is kept.', enum: ['true', 'false'] })
  @IfGiven()
  @IsIn(['true', 'false'])
  dry_run?: 'true' | 'false';
}

export interface Imported extends ImportResult {
  dry_run: boolean;
  skipped: number;
  warnings?: string[];
}

export const IMPORTED_SESSIONS = shape<Imported>('ImportedSessions', () => ({
  dry_run: flag('Whether nothing of it was kept.'),
  imported: count('Live from now on.', 2),
  unchanged: count('Taken over by an earlier import; left as they are now.', 0),
  skipped: count('Over already.', 1),
  warnings: optional(
    listOf(text('Members that mean nothing here, by name.', 'colour is no parameter of this request and was ignored')),
  ),
}));

export const SESSIONS_BODY: Schema = {
  type: 'object',
  required: ['sessions'],
  properties: {
    sessions: {
      type: 'array',
      minItems: 1,
      maxItems: MOST_SESSIONS,
      description:
        'Session objects as the masking API answers them: session_uuid, virtual_number, expiry_time and the parameters of a create. What else such an object has is ignored.',
      items: {
        type: 'object',
        additionalProperties: true,
        required: ['session_uuid', 'virtual_number', 'expiry_time'],
        properties: {
          session_uuid: { type: 'string', format: 'uuid', description: 'Kept.' },
          virtual_number: { type: 'string', description: "An active number of the account's pool." },
          expiry_time: {
            type: ['string', 'null'],
            description: 'An instant; empty or null with session_expiry 0: never ends by itself.',
          },
        },
      },
    },
  },
  example: {
    sessions: [
      {
        session_uuid: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f',
        first_party: '14155550123',
        second_party: '14155550124',
        virtual_number: '14155550100',
        status: 'active',
        expiry_time: '2026-11-29 17:00:00 +0000 UTC',
      },
    ],
  },
};

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PooledNumber } from '../../number-pool/index.js';
import {
  count,
  instant,
  listOf,
  object,
  orNull,
  partyNumber,
  authId,
  poolNumber,
  shape,
  text,
} from '../../platform/openapi/schemas.js';
import { SHOWN_CALL } from '../calls/call-schema.js';
import { numberMembers } from '../numbers/numbers.dto.js';
import { AccountAuthId, IfGiven, isoText, TextOf, withPlus } from '../values.dto.js';
import { shownCall } from '../calls/calls.dto.js';
import { SESSION, shownSession } from '../sessions/admin-sessions.dto.js';
import type { Findings } from './search-all.js';

export class SearchQuery {
  @ApiProperty({
    example: '+1 (415) 555-0123',
    minLength: 1,
    maxLength: 200,
    description:
      'A number in any spelling, its last 4 or more digits, a number of the pool, or the UUID of a session, a call or a leg.',
  })
  @TextOf(1, 200)
  q!: string;

  @ApiPropertyOptional({
    description: 'Auth ID; all accounts without it. Its default_country is that of national spellings.',
  })
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

/** At most 20 of each, the newest first. */
export function shownFindings({ readAs, people, sessions, calls, numbers }: Findings) {
  return {
    read_as: readAs,
    people: people.map(({ accountId, number, sessions: sessionCount, calls: callCount, lastSeenAt }) => ({
      account: accountId,
      number: withPlus(number),
      sessions: sessionCount,
      calls: callCount,
      last_seen: isoText(lastSeenAt),
    })),
    sessions: sessions.map(shownSession),
    calls: calls.map(shownCall),
    // Under this name numbers of the pool are never masked, and those of people always are.
    numbers: numbers.map(({ number, ...pooled }) => ({ virtual_number: number, ...pooled })),
  };
}

const FOUND_NUMBER = shape<Omit<PooledNumber, 'number'> & { virtual_number: string }>('FoundNumber', () => {
  const { number: _number, ...others } = numberMembers();
  return { virtual_number: poolNumber('E.164.'), ...others };
});
export const FINDINGS = shape<ReturnType<typeof shownFindings>>('Findings', () => ({
  read_as: text('How the text was understood, and what was looked through.', '+1415•••0123, a number of US'),
  people: listOf(
    object({
      account: authId('Whose sessions and calls they are.'),
      number: orNull(partyNumber('Of the person.')),
      sessions: count('Sessions in either role; counted up to 1,000 in each.', 1),
      calls: count('Calls in either role; counted up to 1,000 in each.', 2),
      last_seen: instant('When the last session was opened, or call began.'),
    }),
  ),
  sessions: listOf(SESSION),
  calls: listOf(SHOWN_CALL),
  numbers: listOf(FOUND_NUMBER, 'Of the pool.'),
}));

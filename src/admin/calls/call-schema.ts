import { CURRENCY } from '../../accounts/index.js';
import { OUTCOMES } from '../../call-routing/index.js';
import {
  authId,
  count,
  instant,
  integer,
  listOf,
  money,
  object,
  orNull,
  pageSchema,
  partyNumber,
  poolNumber,
  shape,
  text,
  uuid,
  word,
  type Members,
} from '../../platform/openapi/schemas.js';
import { CALL_COLUMNS, type pricedCall, type shownCall } from './calls.dto.js';

export const callMembers = (): Members<ReturnType<typeof shownCall>> => ({
  call_id: uuid('Ours, of the conversation.'),
  account: authId('Of the account.'),
  session_uuid: orNull(uuid('Null where it came to no session.')),
  virtual_number: orNull(poolNumber('That was called.')),
  kind: word('request: we called the first party.', ['inbound', 'request']),
  direction: word('requested: we called the first party.', ['inbound', 'requested']),
  caller: orNull(partyNumber('Who called; null where no number was shown.')),
  dialled: orNull(partyNumber('The other party, where one was dialled.')),
  decision: word('What became of the caller.', ['connect', 'ask-pin', 'play', 'refuse', 'redirect']),
  outcome: orNull(word('What became of the call; null while it lasts.', OUTCOMES)),
  reason: orNull(text('In words.', 'the caller is a party of a live session on this number')),
  started_at: instant('When it came.'),
  ended_at: orNull(instant('Null while it lasts.')),
  legs: listOf(
    object({
      call_uuid: text("Plivo's.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
      side: word('A: from or to who was first in the call.', ['A', 'B']),
      role: orNull(word('Of the party.', ['first', 'second'])),
      status: text('How it ended, or how it stands.', 'completed'),
      cause_code: orNull(integer("Plivo's hang-up cause.", 4000)),
      cause: orNull(text('The same in words.', 'Normal Hangup')),
      started_at: orNull(instant('When it began.')),
      answered_at: orNull(instant('When it was answered.')),
      ended_at: orNull(instant('When it ended.')),
      duration_seconds: orNull(count('From answer to end.', 42)),
      billed_seconds: orNull(count('As Plivo bills it.', 60)),
      cost: orNull(money("Plivo's price.")),
    }),
  ),
});

/** As sessions and searches show it. */
export const SHOWN_CALL = shape<ReturnType<typeof shownCall>>('FoundCall', callMembers);
export const CALL = shape<ReturnType<typeof pricedCall>>('Call', () => ({
  ...callMembers(),
  provider_amount: orNull(money("Plivo's price of all legs; null until the call has ended.")),
  fees: orNull(money("The account's own fees of it; null until the call has ended.")),
  amount: orNull(money('Both together; null until the call has ended.')),
  currency: word('Of all amounts.', [CURRENCY]),
}));
export const CALLS_PAGE = pageSchema('Calls', CALL);
export const CALLS_CSV = {
  type: 'string',
  description: `With a header: ${CALL_COLUMNS.join(', ')}. What is not known, or not yet, is empty.`,
  example: `${CALL_COLUMNS.join()}\r\n`,
};

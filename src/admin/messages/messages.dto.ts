import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { CURRENCY } from '../../accounts/index.js';
import type { TextMoney } from '../../billing-stats/index.js';
import { stateOfText, TEXT_STATES, type FoundText } from '../../texts/index.js';
import {
  authId,
  count,
  instant,
  integer,
  money,
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
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText, moneyText, SessionUuid, TextOf, withPlus } from '../values.dto.js';

export class MessagesQuery extends PageQuery {
  @ApiProperty({ format: 'uuid', description: 'Texts of this session, refused ones too.' })
  @SessionUuid()
  session!: string;

  @ApiPropertyOptional({ description: 'Auth ID.' })
  @IfGiven()
  @TextOf(1, 20)
  account?: string;
}

/** A text in the forms of /admin, without a word of what was written. */
export function shownText(found: FoundText, { units, providerAmount, fees }: TextMoney) {
  const { text: told, forwards, sender, recipient } = found;
  const { state, reason, errorCode } = stateOfText(found);
  return {
    id: told.id,
    account: told.accountId,
    session_uuid: told.sessionId,
    message_uuid: told.messageUuid,
    sender_role: told.senderRole,
    sender: withPlus(sender),
    recipient: withPlus(recipient),
    virtual_number: withPlus(told.virtualNumber),
    received_at: isoText(told.receivedAt),
    updated_at: isoText(Math.max(told.receivedAt, ...forwards.map(({ updatedAt }) => updatedAt))),
    state,
    reason,
    error_code: errorCode,
    parts: forwards.length,
    media_count: told.mediaCount,
    media_sent: forwards.reduce((sum, { mediaCount }) => sum + mediaCount, 0),
    units,
    provider_amount: moneyText(providerAmount),
    fees: moneyText(fees),
    amount: moneyText(providerAmount + fees),
    currency: CURRENCY,
  };
}

export const textMembers = (): Members<ReturnType<typeof shownText>> => ({
  id: uuid('Ours.'),
  account: authId('Of the account.'),
  session_uuid: orNull(uuid('Of the session.')),
  message_uuid: text("Plivo's, of what came in.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  sender_role: orNull(word('Which party wrote it.', ['first', 'second'])),
  sender: orNull(partyNumber('Who wrote it.')),
  recipient: orNull(partyNumber('Whom it was sent on to; null where it was refused.')),
  virtual_number: orNull(poolNumber('The number that it was sent to.')),
  received_at: orNull(instant('When it came.')),
  updated_at: orNull(instant('When something was learnt of it last.')),
  state: word('What became of it as a whole.', [...TEXT_STATES]),
  reason: orNull(text('A word for why it was refused or not sent.', 'too-many')),
  error_code: orNull(integer("Plivo's.", 80)),
  parts: count('Messages in which it was sent on.', 1),
  media_count: count('Media that came with it.', 0),
  media_sent: count('Media that are, or were, to be sent on with it.', 0),
  units: count('Of both legs.', 2),
  provider_amount: money("Plivo's price and carriers'."),
  fees: money("The account's own."),
  amount: money('Both.'),
  currency: word('Of all amounts.', [CURRENCY]),
});
export const TEXTS_PAGE = pageSchema('AdminTexts', shape<ReturnType<typeof shownText>>('AdminText', textMembers));

import { areWordsKept, stateOfText, TEXT_STATES, type FoundText, type FoundTextLeg } from '../texts/index.js';
import {
  apiId,
  count,
  decimal,
  flag,
  integer,
  orNull,
  shape,
  text,
  word,
  type Members,
} from '../platform/openapi/schemas.js';
import { fivePlaces, recordTime } from './call-resource.js';
import type { TextMoney } from './read-text-money.js';

/** A leg in the shape of Plivo's message records, without the words, which those do not have either. Prices are Plivo's and carriers'; the account's own stand in its sessions. */
export function messageResource(leg: FoundTextLeg, resourceUri: string) {
  const { direction, at, units, amount, carrierFee, errorCode, mediaCount } = leg;
  const [billed, price, fees] = [units ?? 0, amount ?? 0, carrierFee ?? 0];
  const each = (micros: number): string => fivePlaces(billed === 0 ? 0 : Math.round(micros / billed));
  return {
    carrier_fees: fivePlaces(fees),
    carrier_fees_rate: each(fees),
    error_code: errorCode === null ? null : String(errorCode).padStart(3, '0'),
    from_number: leg.from ?? '',
    message_direction: direction,
    message_state: stateInPlivosWords(leg.state),
    message_time: recordTime(at) ?? '',
    message_type: mediaCount > 0 ? 'mms' : 'sms',
    message_uuid: leg.messageUuid,
    powerpack_id: null,
    replaced_sender: null,
    resource_uri: resourceUri,
    to_number: leg.to ?? '',
    total_amount: fivePlaces(price),
    total_rate: each(price),
    units: billed,
  };
}

/** Ours say more of a message on its way than Plivo's. One that came in and was answered is delivered there. */
function stateInPlivosWords(state: FoundTextLeg['state']): string {
  if (state === 'received') return 'delivered';
  return ['sent', 'delivered', 'undelivered', 'failed'].includes(state) ? state : 'queued';
}

/** A text of a session: what came in and what became of it. */
export function textOfSession(found: FoundText, { units, providerAmount, fees }: TextMoney) {
  const { text: told, forwards } = found;
  const { state, reason, errorCode } = stateOfText(found);
  const updatedAt = Math.max(told.receivedAt, ...forwards.map((forward) => forward.updatedAt));
  return {
    message_uuid: told.messageUuid,
    direction: told.senderRole === 'second' ? 'second_to_first' : 'first_to_second',
    type: told.mediaCount > 0 ? 'mms' : 'sms',
    units,
    state,
    reason,
    error_code: errorCode === null ? null : String(errorCode).padStart(3, '0'),
    forward_message_uuids: forwards.flatMap(({ messageUuid }) => messageUuid ?? []),
    received_time: recordTime(told.receivedAt) ?? '',
    updated_time: recordTime(updatedAt) ?? '',
    amount: (providerAmount + fees) / 1_000_000,
    media_count: told.mediaCount,
    has_text: areWordsKept({ forwards }),
  };
}

type MessageResource = ReturnType<typeof messageResource>;
type TextOfSession = ReturnType<typeof textOfSession>;

const UUID = '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const TIME = '2026-11-29 17:00:00+00:00';
const errorCode = () => orNull(text("Plivo's; null where there is none.", '080'));
const messageMembers = (): Members<MessageResource> => ({
  carrier_fees: text('What carriers charge; 0 until it is known.', '0.00300'),
  carrier_fees_rate: text('A unit.', '0.00300'),
  error_code: errorCode(),
  from_number: text('Digits; empty once its person was erased.', '14155550123'),
  message_direction: word('outbound: sent on by us.', ['inbound', 'outbound']),
  message_state: word('As Plivo names it; an inbound one that was taken is delivered.', [
    'queued',
    'sent',
    'delivered',
    'undelivered',
    'failed',
  ]),
  message_time: text('UTC.', TIME),
  message_type: word('mms: with pictures.', ['sms', 'mms']),
  message_uuid: text("Plivo's.", UUID),
  powerpack_id: { type: 'null', description: 'Always null.', example: null },
  replaced_sender: { type: 'null', description: 'Always null.', example: null },
  resource_uri: text('Its path.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Message/0198f6a2-…/'),
  to_number: text('Digits; empty once its person was erased.', '14155550100'),
  total_amount: text("Plivo's price.", '0.00700'),
  total_rate: text('A unit.', '0.00700'),
  units: count('As Plivo bills them.', 1),
});

export const READ_MESSAGE = shape<MessageResource & { api_id: string }>('ReadMessage', () => ({
  api_id: apiId(),
  ...messageMembers(),
}));

export const TEXT_OF_SESSION = shape<TextOfSession>('TextOfSession', () => ({
  message_uuid: text("Plivo's, of what came in.", UUID),
  direction: word('Who wrote to whom.', ['first_to_second', 'second_to_first']),
  type: word('mms: pictures came with it.', ['sms', 'mms']),
  units: integer('Of both legs.', 2),
  state: word('What became of it as a whole.', [...TEXT_STATES]),
  reason: orNull(text('A word for why it was refused or not sent.', 'too-many')),
  error_code: errorCode(),
  forward_message_uuids: {
    type: 'array',
    items: { type: 'string' },
    description: "Plivo's, of what was sent on.",
    example: [UUID],
  },
  received_time: text('UTC.', TIME),
  updated_time: text('UTC, when something was learnt of it last.', TIME),
  amount: decimal("Both legs: Plivo's price, carriers' and the account's own.", 0.0155),
  media_count: count('Media that came with it.', 0),
  has_text: flag('Whether its words are kept.', false),
}));

export const KEPT_TEXT = shape<{ api_id: string; message_uuid: string; text: string }>('KeptText', () => ({
  api_id: apiId(),
  message_uuid: text("Plivo's, of what came in.", UUID),
  text: text('As it was sent on.', 'I am at the gate.'),
}));

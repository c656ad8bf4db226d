import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { CURRENCY } from '../../accounts/index.js';
import type { CallMoney } from '../../billing-stats/index.js';
import { OUTCOMES, type CallCountries, type FoundCall, type FoundLeg, type Outcome } from '../../call-routing/index.js';
import { PageQuery } from '../page.dto.js';
import {
  AccountAuthId,
  After,
  IfGiven,
  IsoInstant,
  isoText,
  moneyText,
  PastedNumber,
  SessionUuid,
  withPlus,
} from '../values.dto.js';
import { IN_ANY_SPELLING } from '../reading/read-party.js';

export class CallsQuery extends PageQuery {
  @ApiPropertyOptional({
    example: '+1 (415) 555-0123',
    description: `Who called, or the other party, ${IN_ANY_SPELLING}`,
  })
  @IfGiven()
  @PastedNumber()
  party?: string;

  @ApiPropertyOptional({ description: 'The other party, or the number that was called, in any spelling.' })
  @IfGiven()
  @PastedNumber()
  dialled?: string;

  @ApiPropertyOptional({
    description:
      'The number that was called, or that we called from, in any spelling; also one that has left the pool.',
  })
  @IfGiven()
  @PastedNumber()
  virtual_number?: string;

  @ApiPropertyOptional({ description: 'Auth ID. Its default_country is that of national spellings.' })
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Calls of this session, and those that heard its PIN prompt and came to no session.',
  })
  @IfGiven()
  @SessionUuid()
  session?: string;

  @ApiPropertyOptional({ enum: OUTCOMES, description: 'What became of the call; calls that go on have none.' })
  @IfGiven()
  @IsIn(OUTCOMES)
  outcome?: Outcome;

  @ApiPropertyOptional({ description: 'First instant: ISO 8601, a date or a time.' })
  @IfGiven()
  @IsoInstant()
  from?: number;

  @ApiPropertyOptional({ description: 'Exclusive. ISO 8601.' })
  @IfGiven()
  @After('from')
  @IsoInstant()
  to?: number;

  @ApiPropertyOptional({ description: 'Without it the Accept header decides.' })
  @IfGiven()
  @IsIn(['json', 'csv'], { message: 'format must be json or csv' })
  format?: 'json' | 'csv';
}

/** A call as operators see it; what it cost stands with its legs. */
export function shownCall({ call, legs, outcome, reason, virtualNumber, caller, dialled }: FoundCall) {
  return {
    call_id: call.id,
    account: call.accountId,
    session_uuid: call.sessionId,
    virtual_number: withPlus(virtualNumber),
    kind: call.kind,
    direction: call.kind === 'request' ? 'requested' : 'inbound',
    caller: withPlus(caller),
    dialled: withPlus(dialled),
    decision: call.decision,
    outcome,
    reason,
    started_at: isoText(call.createdAt),
    ended_at: isoText(endOf(call)),
    legs: legs.map(shownLeg),
  };
}

/** Plivo tells ends in whole seconds, cut off: a call that was refused at once would end before it began. */
function endOf({ createdAt, endedAt }: FoundCall['call']): number | null {
  return endedAt !== null && endedAt < createdAt && createdAt - endedAt < 1000 ? createdAt : endedAt;
}

/** The same with what it cost in all, and of it the account's own fees. Amounts are null until it has ended. */
export function pricedCall({ money, ...found }: FoundCall & { money: CallMoney | null }) {
  return { ...shownCall(found), ...shownMoney(money) };
}

function shownMoney(money: CallMoney | null) {
  if (money === null) return { provider_amount: null, fees: null, amount: null, currency: CURRENCY };
  const { providerAmount, fees } = money;
  return {
    provider_amount: moneyText(providerAmount),
    fees: moneyText(fees),
    amount: moneyText(providerAmount + fees),
    currency: CURRENCY,
  };
}

export const CALL_COLUMNS = [
  'call_uuid',
  'session_uuid',
  'account',
  'direction',
  'started_at',
  'ended_at',
  'outcome',
  'reason',
  'virtual_number',
  'caller_country',
  'dialled_country',
  'seconds',
  'billed_seconds',
  'provider_amount',
  'fees',
  'amount',
  'currency',
] as const;

/** A call as a row of CSV. What is not known, or not yet, is empty. */
export function callCells(
  { call, outcome, reason, virtualNumber }: FoundCall,
  countries: CallCountries,
  money: CallMoney | null,
): Record<(typeof CALL_COLUMNS)[number], string | number | null> {
  return {
    call_uuid: call.aLegUuid,
    session_uuid: call.sessionId,
    account: call.accountId,
    direction: call.kind === 'request' ? 'requested' : 'inbound',
    started_at: isoText(call.createdAt),
    ended_at: isoText(endOf(call)),
    outcome,
    reason,
    virtual_number: withPlus(virtualNumber),
    caller_country: countries.caller,
    dialled_country: countries.dialled,
    seconds: money?.seconds ?? null,
    billed_seconds: money?.billedSeconds ?? null,
    ...shownMoney(money),
  };
}

function shownLeg(leg: FoundLeg) {
  return {
    call_uuid: leg.legUuid,
    side: leg.side,
    role: leg.role,
    status: leg.status,
    cause_code: leg.hangupCauseCode,
    cause: leg.cause,
    started_at: isoText(leg.startedAt),
    answered_at: isoText(leg.answeredAt),
    ended_at: isoText(leg.endedAt),
    duration_seconds: leg.duration,
    billed_seconds: leg.billedDuration,
    cost: leg.amount === null ? null : moneyText(leg.amount),
  };
}

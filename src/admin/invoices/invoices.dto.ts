import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { CURRENCY } from '../../accounts/index.js';
import type { InvoiceComparison, LegSum } from '../../billing-stats/index.js';
import { TimeZone } from '../../platform/time-zone.js';
import { IfGiven, IsTimeZone, moneyText } from '../values.dto.js';

export class InvoiceQuery {
  /** Auth ID. */
  @Matches(/^[A-Za-z0-9]{1,20}$/, { message: 'account must be the Auth ID of an account' })
  account!: string;

  /** `YYYY-MM`: legs that ended in it are looked for in the file. */
  @ApiProperty({ type: String, example: '2026-11' })
  @Matches(/^20\d{2}-(?:0[1-9]|1[0-2])$/, { message: 'month must be a month as YYYY-MM' })
  month!: string;

  /** IANA name, such as `Asia/Kolkata`: where the month begins and ends. UTC where left out. */
  @IfGiven()
  @ApiProperty({ type: String, example: 'Europe/Berlin' })
  @IsTimeZone()
  time_zone: TimeZone = TimeZone.utc;
}

/** Differences are what is more in the file than here. */
export function shownComparison(found: InvoiceComparison, { account, month, time_zone: zone }: InvoiceQuery) {
  const { missingHere, missingThere, different, duplicates } = found;
  return {
    account,
    month,
    time_zone: zone.name,
    currency: CURRENCY,
    there: shownSum(found.there),
    here: shownSum(found.here),
    difference: {
      legs: found.there.legs - found.here.legs,
      billed_seconds: found.there.billedSeconds - found.here.billedSeconds,
      amount: moneyText(found.there.amount - found.here.amount),
    },
    equal: found.equal,
    missing_here: {
      ...shownSum(missingHere),
      items: missingHere.items.map(({ callUuid, row, ...leg }) => ({ call_uuid: callUuid, row, ...shownLeg(leg) })),
    },
    missing_there: {
      ...shownSum(missingThere),
      items: missingThere.items.map(({ callUuid, ...leg }) => ({ call_uuid: callUuid, ...shownLeg(leg) })),
    },
    different: {
      ...shownSum(different),
      items: different.items.map(({ callUuid, row, here, there }) => ({
        call_uuid: callUuid,
        row,
        here: shownLeg(here),
        there: shownLeg(there),
      })),
    },
    duplicates: {
      ...shownSum(duplicates),
      items: duplicates.items.map(({ callUuid, row }) => ({ call_uuid: callUuid, row })),
    },
    before_retention: shownSum(found.beforeRetention),
    outside_month: found.outsideMonth,
  };
}

function shownSum({ legs, billedSeconds, amount }: LegSum) {
  return { legs, billed_seconds: billedSeconds, amount: moneyText(amount) };
}

/** What is told of it. */
function shownLeg(leg: { duration?: number; billedDuration?: number; amount?: number }) {
  const { duration, billedDuration, amount } = leg;
  return {
    ...(duration !== undefined && { duration }),
    ...(billedDuration !== undefined && { billed_duration: billedDuration }),
    ...(amount !== undefined && { amount: moneyText(amount) }),
  };
}

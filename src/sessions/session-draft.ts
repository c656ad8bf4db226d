import { hasSubaccount } from '../accounts/index.js';
import type { AllocationRequest } from '../number-pool/index.js';
import type { Tx } from '../platform/database/database.js';
import { InvalidParameter } from '../platform/errors.js';
import type { Config } from '../platform/settings/config.js';
import { barredCodes } from '../telephony/country-rules.js';
import { countryAmongSharers } from '../telephony/destinations.js';
import { callingCodeOf, type E164 } from '../telephony/phone.js';
import { textSendersTo } from '../telephony/text-reach.js';
import type { SessionParties, SessionSettings } from './session.entity.js';
import { holdEnd } from './session-hold.js';
import type { SessionOwner, SessionRecord, SessionRecords } from './session-record.js';
import type { CreateSessionDto } from './session-request.dto.js';

const ROLES = ['first', 'second'] as const;

/** A session that has no number yet. */
export type Draft = Omit<SessionRecord, 'virtualNumberId' | 'virtualNumber'>;

/** What a session wishes of a number. */
export function allocationOf(session: Draft, records: SessionRecords, { plivo }: Config): AllocationRequest {
  const { id, accountId, subaccountId, parties, settings } = session;
  const known = ROLES.flatMap((role) => {
    const [index, number] = [session[`${role}Index`], parties[role]];
    return index === null || number === null ? [] : [{ role, index, number }];
  });
  const pins = ROLES.flatMap((role) => {
    const pin = parties[`${role}Pin`];
    return pin === null ? [] : [{ role, index: records.pinIndex(accountId, pin), length: pin.length }];
  });
  return {
    accountId,
    subaccountId,
    sessionId: id,
    callingCode: wantedCode(parties, settings),
    ...wantedCountry(parties, settings),
    ...(settings.geomatch || plivo.countryRules === 'off'
      ? {}
      : { barredCodes: barredCodes([parties.first, parties.second]) }),
    parties: known,
    pins,
    ...(settings.messaging ? { textSenders: known.map(({ number }) => textSendersTo(number as E164)) } : {}),
    playIndex: settings.unknown_caller_play === '' ? null : records.playIndex(accountId, id),
    isOpen: known.length === 1 && !settings.is_pin_authentication_required,
    openRole: parties.first === null ? 'first' : 'second',
    now: session.createdAt,
    freeAfter: holdEnd(session),
  };
}

/** The calling code that the number must have; null for any. */
export function wantedCode(
  { first, second }: SessionParties,
  { geomatch }: Pick<SessionSettings, 'geomatch'>,
): string | null {
  return geomatch ? callingCodeOf((first ?? second) as E164) : null;
}

/** The country whose numbers come first among those of the code. */
function wantedCountry(
  { first, second }: SessionParties,
  { geomatch }: Pick<SessionSettings, 'geomatch'>,
): { country?: string } {
  const country = geomatch ? countryAmongSharers((first ?? second) as E164) : null;
  return country === null ? {} : { country };
}

/** The account's own credentials may open a session for one of its subaccounts; a subaccount's for itself only. */
export async function ownerOf(
  tx: Tx,
  principal: SessionOwner,
  { subaccount }: CreateSessionDto,
): Promise<SessionOwner> {
  const { accountId, subaccountId } = principal;
  if (subaccount === undefined || subaccount === subaccountId) return { accountId, subaccountId };

  const isOwn = subaccountId === null && (await hasSubaccount(tx, accountId, subaccount));
  if (!isOwn) throw new InvalidParameter('Invalid parameter. subaccount is not valid', 'subaccount');
  return { accountId, subaccountId: subaccount };
}

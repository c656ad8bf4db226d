import { Injectable } from '@nestjs/common';
import { hasSubaccount, microsOf, type EffectiveSettings } from '../accounts/index.js';
import {
  AllocateNumber,
  claimForStrangers,
  NumberPoolExhausted,
  PinTaken,
  PoolRefusals,
  type AllocationRequest,
} from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { late, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { Config } from '../platform/settings/config.js';
import { barredCodes } from '../telephony/country-rules.js';
import { countryAmongSharers, EVERY_COUNTRY } from '../telephony/destinations.js';
import { callingCodeOf, type E164 } from '../telephony/phone.js';
import { InvalidParameter } from '../platform/errors.js';
import { SESSIONS, type SessionParties, type SessionSettings } from './session.entity.js';
import { holdEnd, holdToEnd } from './session-hold.js';
import { newParties, requireAllowed, requireInside, requireNoVirtualNumber } from './session-parties.js';
import { isLive, SessionRecords, type SessionOwner, type SessionRecord } from './session-record.js';
import type { CreateSessionDto } from './session-request.dto.js';
import { expiryInstant, newSettings, renewedSettings } from './session-settings.js';
import { SessionOpened, SessionUpdated } from './sessions.events.js';

/** How often new PINs are drawn when generated ones collide with PINs that are live on every fitting number. */
const PIN_DRAWS = 5;
const ROLES = ['first', 'second'] as const;

/** Of the account's settings: where its calls may go, and what a session costs it. */
type SessionTerms = Pick<EffectiveSettings, 'allowed_countries' | 'hasNoNumber' | 'session_fee'>;

/**
 * Opens a session and lends it a number, or renews the live session of the same ordered pair: a create may be repeated after any failure,
 * and in another spelling of its parties, which is then the one that is shown and dialled.
 * Refuses wrong parameters and an exhausted pool; then nothing is left behind.
 */
@Injectable()
export class OpenSession {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly events: Events,
    private readonly records: SessionRecords,
    private readonly allocateNumber: AllocateNumber,
    private readonly poolRefusals: PoolRefusals,
  ) {}

  async run(tx: Tx, principal: SessionOwner, request: CreateSessionDto, terms: SessionTerms): Promise<SessionRecord> {
    const parties = newParties(request, this.config.sessions);
    // Where there is no number yet, that is what is to be told.
    requireAllowed(parties, terms.hasNoNumber ? EVERY_COUNTRY : terms);
    const owner = await ownerOf(tx, principal, request);

    const [ofPair] = await Promise.all([
      this.records.lockPair(tx, { ...owner, parties }),
      requireNoVirtualNumber(tx, parties),
    ]);
    // Read when the row is held: its number may have been withdrawn while we waited, when its time was up.
    const now = this.clock.now();
    if (ofPair && isLive(ofPair, now)) return this.renew(tx, ofPair, request, parties);
    // Its time has passed and the tick has not come yet: it makes way.
    if (ofPair) await SESSIONS.update(tx, { pairIndex: null }, 'WHERE id = ?', [ofPair.id]);

    const settings = newSettings(request, this.config.sessions);
    if (this.config.plivo.countryRules === 'on') requireInside(parties, wantedCode(parties, settings));
    const session = await this.lendNumber(tx, request, {
      id: newId(),
      ...owner,
      status: 'active',
      parties,
      firstIndex: this.records.partyIndex(owner.accountId, parties.first),
      secondIndex: this.records.partyIndex(owner.accountId, parties.second),
      settings,
      createdAt: now,
      modifiedAt: now,
      expiresAt: expiryInstant(settings.session_expiry, now),
      renewals: 0,
      fee: microsOf(terms.session_fee),
    });

    // The same pair may have been opened a moment ago: the next try finds and renews it.
    await SESSIONS.insert(late(tx), this.records.toRow(session));

    await this.events.publish(tx, new SessionOpened(session, settings.initiate_call_to_first_party));
    return session;
  }

  private async renew(
    tx: Tx,
    session: SessionRecord,
    request: CreateSessionDto,
    { first, second }: SessionParties,
  ): Promise<SessionRecord> {
    const modifiedAt = this.clock.now();
    const settings = renewedSettings(session.settings, request, this.config.sessions);
    const expiresAt = expiryInstant(settings.session_expiry, modifiedAt);
    const renewals = session.renewals + 1;
    const parties = { ...session.parties, first, second };
    const renewed: SessionRecord = { ...session, parties, settings, modifiedAt, expiresAt, renewals };
    const changed = { settings: JSON.stringify(settings), modifiedAt, expiresAt, renewals };
    const isSpeltAnew = first !== session.parties.first || second !== session.parties.second;
    const spelling = isSpeltAnew ? { parties: this.records.sealParties(renewed) } : {};
    await SESSIONS.update(tx, { ...changed, ...spelling }, 'WHERE id = ?', [session.id]);

    await holdToEnd(tx, renewed);
    await this.records.moveCount(tx, session, expiresAt);
    if (settings.unknown_caller_play !== '' && session.settings.unknown_caller_play === '') {
      // A file for unknown callers that the renewal brings: from now on it is found on the number.
      const claim = { role: 'first', index: this.records.playIndex(session.accountId, session.id) } as const;
      const held = { sessionId: session.id, freeAfter: holdEnd(renewed), now: modifiedAt };
      await claimForStrangers(tx, session.virtualNumberId, claim, held);
    }

    const isCallRequested = request.initiate_call_to_first_party === true;
    await this.events.publish(tx, new SessionUpdated(session.accountId, session.id, true, isCallRequested));
    return renewed;
  }

  /** PINs that we made and that are taken wherever else the session would fit are drawn anew; its customer's own are not. */
  private async lendNumber(tx: Tx, request: CreateSessionDto, draft: Draft): Promise<SessionRecord> {
    for (let draw = 1; ; draw++) {
      const wish = this.wish(draft);
      try {
        const { id: virtualNumberId, number: virtualNumber } = await this.allocateNumber.run(tx, wish);
        return { virtualNumberId, virtualNumber, ...draft };
      } catch (error) {
        if (!(error instanceof NumberPoolExhausted)) throw error;
        if (!(error instanceof PinTaken) || !draft.settings.generate_pin || draw === PIN_DRAWS) {
          this.poolRefusals.note(wish);
          throw error;
        }
        draft = { ...draft, parties: newParties(request, this.config.sessions) };
      }
    }
  }

  private wish(session: Draft): AllocationRequest {
    const { id, accountId, subaccountId, parties, settings } = session;
    const known = ROLES.flatMap((role) => {
      const [index, number] = [session[`${role}Index`], parties[role]];
      return index === null || number === null ? [] : [{ role, index, number }];
    });
    const pins = ROLES.flatMap((role) => {
      const pin = parties[`${role}Pin`];
      return pin === null ? [] : [{ role, index: this.records.pinIndex(accountId, pin), length: pin.length }];
    });
    return {
      accountId,
      subaccountId,
      sessionId: id,
      callingCode: wantedCode(parties, settings),
      ...wantedCountry(parties, settings),
      ...(settings.geomatch || this.config.plivo.countryRules === 'off'
        ? {}
        : { barredCodes: barredCodes([parties.first, parties.second]) }),
      parties: known,
      pins,
      playIndex: settings.unknown_caller_play === '' ? null : this.records.playIndex(accountId, id),
      isOpen: known.length === 1 && !settings.is_pin_authentication_required,
      openRole: parties.first === null ? 'first' : 'second',
      now: session.createdAt,
      freeAfter: holdEnd(session),
    };
  }
}

/** The calling code that the number must have; null for any. */
function wantedCode({ first, second }: SessionParties, { geomatch }: Pick<SessionSettings, 'geomatch'>): string | null {
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

/** A session that has no number yet. */
type Draft = Omit<SessionRecord, 'virtualNumberId' | 'virtualNumber'>;

/** The account's own credentials may open a session for one of its subaccounts; a subaccount's for itself only. */
async function ownerOf(tx: Tx, principal: SessionOwner, { subaccount }: CreateSessionDto): Promise<SessionOwner> {
  const { accountId, subaccountId } = principal;
  if (subaccount === undefined || subaccount === subaccountId) return { accountId, subaccountId };

  const isOwn = subaccountId === null && (await hasSubaccount(tx, accountId, subaccount));
  if (!isOwn) throw new InvalidParameter('Invalid parameter. subaccount is not valid', 'subaccount');
  return { accountId, subaccountId: subaccount };
}

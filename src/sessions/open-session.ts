import { Injectable } from '@nestjs/common';
import { hasSubaccount, microsOf, type CallSettings } from '../accounts/index.js';
import {
  AllocateNumber,
  claimForStrangers,
  extendHold,
  NumberPoolExhausted,
  PoolRefusals,
} from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { change, Contended, Database, isDuplicate, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { requireAllowed } from './allowed-parties.js';
import { callingCodeOf, type E164 } from '../telephony/phone.js';
import { SESSIONS, type SessionParties } from './session.entity.js';
import { isLive, SessionRecords, WHOLE, type SessionOwner, type SessionRecord } from './session-record.js';
import type { CreateSessionDto } from './session-request.dto.js';
import { expiryInstant, newParties, newSettings, renewedSettings } from './session-settings.js';
import { InvalidParameter } from './sessions.errors.js';
import { SessionOpened, SessionUpdated } from './sessions.events.js';

/** How often new PINs are drawn when generated ones collide with PINs that are live on every fitting number. */
const PIN_DRAWS = 5;

/** Of the account's settings: where its calls may go, and what a session costs it. */
type SessionTerms = Pick<CallSettings, 'allowed_countries' | 'session_fee'>;

/**
 * Opens a session and lends it a number, or renews the live session of the same ordered pair: a create may be repeated after any failure.
 * Refuses wrong parameters and an exhausted pool; then nothing is left behind.
 */
@Injectable()
export class OpenSession {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly events: Events,
    private readonly records: SessionRecords,
    private readonly allocateNumber: AllocateNumber,
    private readonly poolRefusals: PoolRefusals,
  ) {}

  async run(tx: Tx, principal: SessionOwner, request: CreateSessionDto, terms: SessionTerms): Promise<SessionRecord> {
    const parties = newParties(request);
    requireAllowed(parties, terms);
    const owner = { accountId: principal.accountId, subaccountId: await this.ownerSubaccount(tx, principal, request) };

    const live = await this.findLivePair(tx, { ...owner, parties });
    if (live) return this.renew(tx, live, request);

    const session = await this.lendNumber(tx, this.draft(owner, parties, request, terms), request);
    await this.insert(tx, session);
    await this.events.publish(tx, new SessionOpened(session, session.settings.initiate_call_to_first_party));
    return session;
  }

  private async ownerSubaccount(tx: Tx, principal: SessionOwner, request: CreateSessionDto): Promise<string | null> {
    const { subaccount } = request;
    if (subaccount === undefined || subaccount === principal.subaccountId) return principal.subaccountId;
    const isOwn = principal.subaccountId === null && (await hasSubaccount(tx, principal.accountId, subaccount));
    if (!isOwn) throw new InvalidParameter('Invalid parameter. subaccount is not valid', 'subaccount');
    return subaccount;
  }

  private async findLivePair(
    tx: Tx,
    session: SessionOwner & { parties: SessionParties },
  ): Promise<SessionRecord | null> {
    const pairIndex = this.records.pairIndex(session);
    if (pairIndex === null) return null;
    const [row] = await WHOLE.read(tx, `FROM masking_session WHERE pair_index = ? ${this.database.forUpdate}`, [
      pairIndex,
    ]);
    if (!row) return null;
    const found = this.records.fromRow(row);
    if (isLive(found, this.clock.now())) return found;
    // Its time has passed and the tick has not come yet: it makes way.
    await change(tx, 'UPDATE masking_session SET pair_index = NULL WHERE id = ?', [found.id]);
    return null;
  }

  private draft(
    owner: SessionOwner,
    parties: SessionParties,
    request: CreateSessionDto,
    { session_fee: fee }: SessionTerms,
  ): SessionRecord {
    const now = this.clock.now();
    const settings = newSettings(request, this.config.sessions);
    return {
      id: newId(),
      ...owner,
      status: 'active',
      parties,
      firstIndex: this.records.partyIndex(owner.accountId, parties.first),
      secondIndex: this.records.partyIndex(owner.accountId, parties.second),
      virtualNumberId: 0,
      virtualNumber: '',
      settings,
      createdAt: now,
      modifiedAt: now,
      expiresAt: expiryInstant(settings.session_expiry, now),
      fee: microsOf(fee),
    };
  }

  private async lendNumber(tx: Tx, draft: SessionRecord, request: CreateSessionDto): Promise<SessionRecord> {
    for (let draw = 1; ; draw++) {
      try {
        const number = await this.allocateNumber.run(tx, this.wish(draft));
        return { ...draft, virtualNumberId: number.id, virtualNumber: number.number };
      } catch (error) {
        if (!(error instanceof NumberPoolExhausted)) throw error;
        if (!draft.settings.generate_pin || draw === PIN_DRAWS) {
          this.poolRefusals.note(this.wish(draft));
          throw error;
        }
        draft = { ...draft, parties: newParties(request) };
      }
    }
  }

  private wish(session: SessionRecord) {
    const { parties, settings, accountId } = session;
    const known = [
      { role: 'first' as const, index: session.firstIndex, number: parties.first },
      { role: 'second' as const, index: session.secondIndex, number: parties.second },
    ].filter(
      (party): party is { role: 'first' | 'second'; index: string; number: string } =>
        party.index !== null && party.number !== null,
    );
    const pins = [
      { role: 'first' as const, pin: parties.firstPin },
      { role: 'second' as const, pin: parties.secondPin },
    ].flatMap(({ role, pin }) => (pin === null ? [] : [{ role, index: this.records.pinIndex(accountId, pin) }]));
    const geographic = (parties.first ?? parties.second) as E164;
    return {
      accountId,
      subaccountId: session.subaccountId,
      sessionId: session.id,
      callingCode: settings.geomatch ? callingCodeOf(geographic) : null,
      parties: known,
      pins,
      playIndex: settings.unknown_caller_play === '' ? null : this.records.playIndex(accountId, session.id),
      isOpen: known.length === 1 && !settings.is_pin_authentication_required,
      openRole: parties.first === null ? ('first' as const) : ('second' as const),
      now: this.clock.now(),
      freeAfter: session.expiresAt + settings.virtual_number_cooloff_period * 1000,
    };
  }

  private async insert(tx: Tx, session: SessionRecord): Promise<void> {
    try {
      await SESSIONS.insert(tx, this.records.toRow(session));
    } catch (error) {
      // The same pair was opened a moment ago: the next try finds and renews it.
      throw isDuplicate(error) ? new Contended() : error;
    }
  }

  private async renew(tx: Tx, session: SessionRecord, request: CreateSessionDto): Promise<SessionRecord> {
    const now = this.clock.now();
    const settings = renewedSettings(session.settings, request, this.config.sessions);
    const renewed: SessionRecord = {
      ...session,
      settings,
      modifiedAt: now,
      expiresAt: expiryInstant(settings.session_expiry, now),
    };
    await change(tx, 'UPDATE masking_session SET settings = ?, modified_at = ?, expires_at = ? WHERE id = ?', [
      JSON.stringify(settings),
      now,
      renewed.expiresAt,
      session.id,
    ]);
    const isHeld = await extendHold(tx, {
      sessionId: session.id,
      virtualNumberId: session.virtualNumberId,
      partyIndexes: [session.firstIndex, session.secondIndex].filter((index) => index !== null),
      freeAfter: renewed.expiresAt + settings.virtual_number_cooloff_period * 1000,
    });
    if (!isHeld) throw new Contended();
    if (settings.unknown_caller_play !== '' && session.settings.unknown_caller_play === '')
      await this.claimPlay(tx, renewed);
    await this.events.publish(
      tx,
      new SessionUpdated(session.accountId, session.id, true, request.initiate_call_to_first_party === true),
    );
    return renewed;
  }

  /** A file for unknown callers that a renewal brings: from now on it is found on the number. */
  private async claimPlay(tx: Tx, session: SessionRecord): Promise<void> {
    const claim = { role: 'first' as const, index: this.records.playIndex(session.accountId, session.id) };
    const freeAfter = session.expiresAt + session.settings.virtual_number_cooloff_period * 1000;
    await claimForStrangers(tx, session.virtualNumberId, claim, {
      sessionId: session.id,
      freeAfter,
      now: session.modifiedAt,
    });
  }
}

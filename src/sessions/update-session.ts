import { Injectable } from '@nestjs/common';
import { claimParty, NumberPoolExhausted, releaseParty, releaseStrangers } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { isDuplicate, type Tx } from '../platform/database/database.js';
import type { DestinationPolicy } from '../telephony/destinations.js';
import { callingCodeOf, type E164 } from '../telephony/phone.js';
import { InvalidParameter, NotFound } from '../platform/errors.js';
import { Events } from '../platform/events/events.js';
import { SESSIONS } from './session.entity.js';
import { cooloffMs, holdEnd, LATE_TEXT_MS } from './session-hold.js';
import { isOnePhone, requireAllowed, requireInside, requireNoVirtualNumber } from './session-parties.js';
import { isLive, SessionRecords, type SessionOwner, type SessionRecord } from './session-record.js';
import type { UpdateSessionDto } from './session-request.dto.js';
import { changedSettings, expiryInstant, givenExpiry, isToldElsewhere } from './session-settings.js';
import { requireRouteOf, requireTextsOn, withTexts, withTextsSince, type TextTerms } from './session-texts.js';
import { SessionAlreadyExpired } from './sessions.errors.js';
import { CallbackUrlsChanged, SessionUpdated } from './sessions.events.js';

/**
 * Changes what was named and nothing else; an expiry counts from now. The parties of a two-party session never change: re-pointing one would
 * connect people who did not agree to it. Refuses unknown and ended sessions, and a party that is already on this number for another one.
 */
@Injectable()
export class UpdateSession {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly events: Events,
    private readonly records: SessionRecords,
  ) {}

  async run(
    tx: Tx,
    owner: SessionOwner,
    id: string,
    request: UpdateSessionDto,
    terms: DestinationPolicy & TextTerms,
  ): Promise<SessionRecord> {
    const session = await this.records.lock(tx, owner, id);
    if (!session) throw new NotFound();
    const now = this.clock.now();
    if (!isLive(session, now)) throw new SessionAlreadyExpired();

    const parties = this.changedParties(session, request);
    const changed = changedAmong(session.parties, parties);
    // What is not changed, be it named or not, was judged when it was given, and is again before each dial.
    if (changed.first !== null || changed.second !== null) {
      requireAllowed(changed, terms);
      if (this.config.plivo.countryRules === 'on') requireInside(parties, callingCodeOf(session.virtualNumber as E164));
      await requireNoVirtualNumber(tx, changed);
    }
    requireTextsOn(request, session.settings, terms);
    const expiry = givenExpiry(request, this.config.sessions);
    const updated: SessionRecord = {
      ...session,
      parties,
      firstIndex: this.records.partyIndex(session.accountId, parties.first),
      secondIndex: this.records.partyIndex(session.accountId, parties.second),
      settings: withTexts(changedSettings(session.settings, request, this.config.sessions), request, now),
      modifiedAt: now,
      expiresAt: expiry === null ? session.expiresAt : expiryInstant(expiry, now),
    };
    if (isOtherPair(session, updated)) updated.settings = withTextsSince(updated.settings, now);
    await requireRouteOf(tx, session, updated);

    await this.moveParties(tx, session, updated);
    await this.store(tx, updated);
    if (expiry !== null || cooloffMs(updated.settings) !== cooloffMs(session.settings))
      await this.records.holdToEnd(tx, updated);
    if (expiry !== null) await this.records.moveCount(tx, session, updated.expiresAt);
    await this.events.publish(
      tx,
      new SessionUpdated(session.accountId, session.id, false, false, session.virtualNumber),
    );
    if (isToldElsewhere(session.settings, updated.settings))
      await this.events.publish(tx, new CallbackUrlsChanged(session.accountId, session.id));
    return updated;
  }

  private changedParties(session: SessionRecord, request: UpdateSessionDto): SessionRecord['parties'] {
    const isPartyUpdatable = session.settings.create_session_with_single_party === true;
    const parties = { ...session.parties };
    for (const role of ['first', 'second'] as const) {
      const given = request[`${role}_party`];
      if (given === undefined || given === parties[role]) continue;
      // Another spelling of the same phone replaces nobody.
      const isSpelling = parties[role] !== null && isOnePhone({ first: given, second: parties[role] });
      if (!isPartyUpdatable && !isSpelling)
        throw new InvalidParameter(`Invalid parameter. ${role}_party cannot be updated`, `${role}_party`);
      parties[role] = given;
    }
    if (isOnePhone(parties)) {
      throw new InvalidParameter('Invalid parameter. first_party and second_party must be different', 'second_party');
    }
    return parties;
  }

  /** The number stays: it is in the users' call lists. A new party that is busy on it for another session cannot join. */
  private async moveParties(tx: Tx, before: SessionRecord, after: SessionRecord): Promise<void> {
    const freeAfter = holdEnd(after);
    // What a party who leaves wrote before was for who stays: with texts it is nobody else's on this number for as long as they may be late.
    const hasTexts = after.settings.messaging_since !== undefined;
    const cooledDown = after.modifiedAt + (hasTexts ? LATE_TEXT_MS : cooloffMs(after.settings));
    const stays = (index: string | null): boolean => index === after.firstIndex || index === after.secondIndex;
    for (const left of [before.firstIndex, before.secondIndex]) {
      if (left !== null && !stays(left)) await releaseParty(tx, before.id, left, cooledDown);
    }
    for (const role of ['first', 'second'] as const) {
      const index = after[`${role}Index`];
      if (index === null || index === before[`${role}Index`]) continue;
      const claim = {
        virtualNumberId: before.virtualNumberId,
        sessionId: before.id,
        index,
        role,
        freeAfter,
        now: after.modifiedAt,
      };
      if (!(await claimParty(tx, claim))) throw new NumberPoolExhausted(1);
    }
    if (after.parties.first !== null && after.parties.second !== null) await releaseStrangers(tx, before.id);
  }

  private async store(tx: Tx, session: SessionRecord): Promise<void> {
    const pairIndex = this.records.pairIndex(session);
    if (pairIndex !== null) {
      // A session of this pair whose time has passed and whose tick has not come makes way.
      await SESSIONS.update(tx, { pairIndex: null }, 'WHERE pair_index = ? AND id <> ? AND expires_at <= ?', [
        pairIndex,
        session.id,
        session.modifiedAt,
      ]);
    }
    try {
      const { firstIndex, secondIndex, modifiedAt, expiresAt } = session;
      const parties = this.records.sealParties(session);
      const settings = JSON.stringify(session.settings);
      await SESSIONS.update(
        tx,
        { parties, firstIndex, secondIndex, pairIndex, settings, modifiedAt, expiresAt },
        'WHERE id = ?',
        [session.id],
      );
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw new InvalidParameter(
        'Invalid parameter. these two parties have a live session of their own',
        'second_party',
      );
    }
  }
}

/** Null what is as it was; no party is ever taken away. */
function changedAmong(before: SessionRecord['parties'], { first, second }: SessionRecord['parties']) {
  return { first: first === before.first ? null : first, second: second === before.second ? null : second };
}

function isOtherPair(before: SessionRecord, after: SessionRecord): boolean {
  return before.firstIndex !== after.firstIndex || before.secondIndex !== after.secondIndex;
}

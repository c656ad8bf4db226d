import { Injectable } from '@nestjs/common';
import { microsOf, type EffectiveSettings } from '../accounts/index.js';
import {
  AllocateNumber,
  claimForStrangers,
  NumberPoolExhausted,
  numbersToAvoid,
  PinTaken,
  PoolRefusals,
  TextsNotPossible,
} from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { late, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { Config } from '../platform/settings/config.js';
import { spanned } from '../platform/tracing/spans.js';
import { EVERY_COUNTRY } from '../telephony/destinations.js';
import { SESSIONS, type SessionParties } from './session.entity.js';
import { allocationOf, ownerOf, wantedCode, type Draft } from './session-draft.js';
import { holdEnd } from './session-hold.js';
import { newParties, requireAllowed, requireInside, requireNoVirtualNumber } from './session-parties.js';
import { isLive, SessionRecords, type SessionOwner, type SessionRecord } from './session-record.js';
import type { CreateSessionDto } from './session-request.dto.js';
import { expiryInstant, isToldElsewhere, newSettings, renewedSettings } from './session-settings.js';
import {
  prefersMedia,
  requireRouteOf,
  requireTextsOn,
  withoutTexts,
  withTextDefault,
  withTexts,
  type TextTerms,
} from './session-texts.js';
import { CallbackUrlsChanged, SessionOpened, SessionUpdated } from './sessions.events.js';

/** How often new PINs are drawn when generated ones collide with PINs that are live on every fitting number. */
const PIN_DRAWS = 5;

/** Of the account's settings: where its calls may go, and what a session costs it. */
type SessionTerms = Pick<EffectiveSettings, 'allowed_countries' | 'hasNoNumber' | 'session_fee'> & TextTerms;

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

  run(tx: Tx, principal: SessionOwner, request: CreateSessionDto, terms: SessionTerms): Promise<SessionRecord> {
    return spanned('session.create', {}, async (span) => {
      const session = await this.open(tx, principal, request, terms);
      span.setAttributes({ 'session.uuid': session.id, 'session.renewals': session.renewals });
      return session;
    });
  }

  private async open(
    tx: Tx,
    principal: SessionOwner,
    request: CreateSessionDto,
    terms: SessionTerms,
  ): Promise<SessionRecord> {
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
    if (ofPair && isLive(ofPair, now)) {
      requireTextsOn(request, ofPair.settings, terms);
      return this.renew(tx, ofPair, request, parties);
    }
    // Its time has passed and the tick has not come yet: it makes way.
    if (ofPair) await SESSIONS.update(tx, { pairIndex: null }, 'WHERE id = ?', [ofPair.id]);

    const plain = newSettings(request, this.config.sessions);
    const settings = withTexts(plain, await withTextDefault(tx, owner, request, plain, terms), now);
    requireTextsOn(request, settings, terms);
    if (this.config.plivo.countryRules === 'on') requireInside(parties, wantedCode(parties, settings));
    const session = await this.lendNumber(
      tx,
      { request, terms },
      {
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
      },
    );

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
    const settings = withTexts(renewedSettings(session.settings, request, this.config.sessions), request, modifiedAt);
    const expiresAt = expiryInstant(settings.session_expiry, modifiedAt);
    const renewals = session.renewals + 1;
    const parties = { ...session.parties, first, second };
    const renewed: SessionRecord = { ...session, parties, settings, modifiedAt, expiresAt, renewals };
    await requireRouteOf(tx, session, renewed);
    const changed = { settings: JSON.stringify(settings), modifiedAt, expiresAt, renewals };
    const isSpeltAnew = first !== session.parties.first || second !== session.parties.second;
    const spelling = isSpeltAnew ? { parties: this.records.sealParties(renewed) } : {};
    await SESSIONS.update(tx, { ...changed, ...spelling }, 'WHERE id = ?', [session.id]);

    await this.records.holdToEnd(tx, renewed);
    await this.records.moveCount(tx, session, expiresAt);
    if (settings.unknown_caller_play !== '' && session.settings.unknown_caller_play === '') {
      // A file for unknown callers that the renewal brings: from now on it is found on the number.
      const claim = { role: 'first', index: this.records.playIndex(session.accountId, session.id) } as const;
      const held = { sessionId: session.id, freeAfter: holdEnd(renewed), now: modifiedAt };
      await claimForStrangers(tx, session.virtualNumberId, claim, held);
    }

    const isCallRequested = request.initiate_call_to_first_party === true;
    const { accountId, id, virtualNumber } = session;
    await this.events.publish(tx, new SessionUpdated(accountId, id, true, isCallRequested, virtualNumber));
    if (isToldElsewhere(session.settings, settings))
      await this.events.publish(tx, new CallbackUrlsChanged(accountId, id));
    return renewed;
  }

  /** PINs that we made and that are taken wherever else the session would fit are drawn anew; its customer's own are not. */
  private async lendNumber(
    tx: Tx,
    { request, terms }: { request: CreateSessionDto; terms: SessionTerms },
    draft: Draft,
  ): Promise<SessionRecord> {
    const people = [draft.firstIndex, draft.secondIndex].filter((index) => index !== null);
    const avoided = draft.settings.messaging === true ? await numbersToAvoid(tx, draft.accountId, people) : null;
    for (let draw = 1; ; draw++) {
      const plain = allocationOf(draft, this.records, this.config);
      const wish = { ...plain, ...(avoided && { avoided }), prefersMedia: prefersMedia(draft, terms) };
      try {
        const { id: virtualNumberId, number: virtualNumber } = await this.allocateNumber.run(tx, wish);
        return { virtualNumberId, virtualNumber, ...draft };
      } catch (error) {
        if (error instanceof TextsNotPossible && request.messaging === undefined) {
          // Nobody has asked for texts, and the calls can be had.
          draft = { ...draft, settings: withoutTexts(draft.settings) };
          continue;
        }
        if (!(error instanceof NumberPoolExhausted)) throw error;
        if (!(error instanceof PinTaken) || !draft.settings.generate_pin || draw === PIN_DRAWS) {
          this.poolRefusals.note(wish, error.code);
          throw error;
        }
        draft = { ...draft, parties: newParties(request, this.config.sessions) };
      }
    }
  }
}

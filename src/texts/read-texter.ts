import { Injectable } from '@nestjs/common';
import type { CallSettings } from '../accounts/index.js';
import { shownCaller } from '../call-routing/index.js';
import {
  hasSpellings,
  lineOfAccount,
  placeKey,
  pooledAmong,
  silentPlaces,
  type TextPlace,
} from '../number-pool/index.js';
import { piecesOf, type MessageRecord, type MessageWebhook } from '../plivo/index.js';
import { FindRoute, LATE_TEXT_MS, type Route, type Seat } from '../sessions/index.js';
import { Clock, DAY_MS } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { countUpTo } from '../platform/database/rows.js';
import { Config } from '../platform/settings/config.js';
import { isDialable } from '../telephony/destinations.js';
import { parseCaller, type E164 } from '../telephony/phone.js';
import { withoutContacts } from '../telephony/redact-contacts.js';
import { passableMedia } from './passable-media.js';
import { MOST_A_DAY, MOST_A_MINUTE, type TextFacts } from './text-decision.js';
import { languagesOf, understoodText } from './understand-text.js';

const MINUTE_MS = 60_000;

/** A text as it is judged; `from` and `to` as Plivo sent them. */
export interface TextAsked {
  /** Of its row, where it was taken down before it was heard: it does not count among what its sender has written before. */
  id?: string | undefined;
  accountId: string;
  from: string;
  to: string;
  /** Null where it is longer than any phone sends. */
  text: string | null;
  intent: MessageWebhook['intent'];
  mediaCount: number;
  /** Addresses of what came with it. */
  media: readonly string[];
  isHint: boolean;
  /** False where nothing but Plivo's list has told of it. */
  isHeard?: boolean;
  /** Plivo's own record of it, once it has been read. */
  record: MessageRecord | null;
}

/** Reads who has written. It keeps the session's row, so that texts of one party are decided one after the other. */
@Injectable()
export class ReadTexter {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly findRoute: FindRoute,
  ) {}

  async run(tx: Tx, asked: TextAsked, settings: CallSettings): Promise<TextFacts> {
    const { accountId, isHint, isHeard = true, mediaCount } = asked;
    const sender = parseCaller(shownCaller(this.config, asked));
    const told = parseCaller(asked.to);
    const isSpelt = told !== null && hasSpellings(told);
    const virtualNumber = isSpelt ? ((await lineOfAccount(tx, accountId, told)) ?? told) : told;
    // Of a hint nobody is looked for: it waits, whatever it says.
    const seat = sender && virtualNumber && !isHint ? this.findRoute.seatOf(accountId, virtualNumber, sender) : null;
    const seated = await this.seated(tx, seat, asked);
    const text = shownOf(asked.text, settings, { sender, virtualNumber, party: seated.party });
    const [silent, pooled, media] = await Promise.all([
      this.silent(tx, seat, seated.party),
      seat !== null && sender !== null ? pooledAmong(tx, [sender]) : [],
      passableMedia(tx, asked, { settings, virtualNumber, party: seated.party }),
    ]);
    return {
      sender,
      virtualNumber,
      isHint,
      isHeard,
      ...seated,
      ...silent,
      understood: understoodText(asked.text, asked.intent, languagesOf(settings)),
      isOwnNumber: pooled.length > 0,
      text,
      pieces: text === null ? null : piecesOf(text),
      mediaCount,
      media,
      isDialable: (number) => isDialable(number, settings).allowed,
    };
  }

  private async seated(
    tx: Tx,
    seat: Seat | null,
    { id, record }: TextAsked,
  ): Promise<Pick<TextFacts, 'party' | 'wasParty' | 'isForOthers' | 'recent'>> {
    const party = seat && (await this.findRoute.at(tx, seat));
    const now = this.clock.now();
    if (seat === null || party === null) {
      const wasParty = seat !== null && (await this.findRoute.wasSeated(tx, seat, now - DAY_MS));
      return { party: null, wasParty, isForOthers: 'no', recent: { minute: 0, day: 0 } };
    }
    const isForOthers = await this.isForOthers(tx, seat, party, record);
    return { party, wasParty: false, isForOthers, recent: await recentOf(tx, party, { now, id }) };
  }

  /** Who of the two wants no texts from this number. */
  private async silent(
    tx: Tx,
    seat: Seat | null,
    party: Route | null,
  ): Promise<Pick<TextFacts, 'isSenderOut' | 'isRecipientOut'>> {
    if (seat === null) return { isSenderOut: false, isRecipientOut: false };
    const { accountId, virtualNumber, partyIndex } = seat;
    const other = party && (party.role === 'first' ? party.session.secondIndex : party.session.firstIndex);
    const [own, theirs] = [partyIndex, other].map((index): TextPlace | null =>
      index === null ? null : { partyIndex: index, virtualNumber },
    );
    const places = [own, theirs].flatMap((place) => place ?? []);
    const silent = await silentPlaces(tx, accountId, places);
    const isOut = (place: TextPlace | null | undefined): boolean => !!place && silent.has(placeKey(place));
    return { isSenderOut: isOut(own), isRecipientOut: isOut(theirs) };
  }

  /** Webhooks of texts have no time, and Plivo repeats them for hours: what is older than these two people's place is somebody else's. */
  private async isForOthers(
    tx: Tx,
    seat: Seat,
    { session }: Route,
    record: MessageRecord | null,
  ): Promise<TextFacts['isForOthers']> {
    const { messaging_since: since = 0 } = session.settings;
    const earliest = this.clock.now() - LATE_TEXT_MS;
    if (since <= earliest) return 'no';
    const isChanged = since > session.createdAt;
    if (!isChanged && !(await this.findRoute.hadOther(tx, seat, session, earliest))) return 'no';
    if (record === null) return 'maybe';
    return record.at !== null && record.at >= since ? 'no' : 'yes';
  }
}

/** As it may be passed on: what is taken out is kept nowhere, and is neither counted nor paid for. */
function shownOf(
  text: string | null,
  { text_redaction: kinds }: CallSettings,
  { sender, virtualNumber, party }: Pick<TextFacts, 'sender' | 'virtualNumber' | 'party'>,
): string | null {
  if (text === null || piecesOf(text) === null) return null;
  const { first = null, second = null } = party?.session.parties ?? {};
  const people = [...new Set([sender, first, second])].filter((one) => one !== null) as E164[];
  return withoutContacts(text, kinds, { people, virtualNumber });
}

/** STOP is understood in the language in which the account speaks, and in those that it names besides. */
async function recentOf(
  tx: Tx,
  { session, role }: Route,
  { now, id }: { now: number; id: string | undefined },
): Promise<TextFacts['recent']> {
  const others = id === undefined ? '' : ' AND id <> ?';
  const since = `FROM text_message WHERE session_id = ? AND sender_role = ? AND received_at > ?${others}`;
  const values = (instant: number) => [session.id, role, instant, ...(id === undefined ? [] : [id])];
  const [minute, day] = await Promise.all([
    countUpTo(tx, since, values(now - MINUTE_MS), MOST_A_MINUTE),
    countUpTo(tx, since, values(now - DAY_MS), MOST_A_DAY),
  ]);
  return { minute, day };
}

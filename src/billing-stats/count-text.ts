import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, microsOf, Spend, type ChosenSettings } from '../accounts/index.js';
import { lineOfAccount } from '../number-pool/index.js';
import { nextOpened, ReadTextTotals } from '../sessions/index.js';
import { TextFigured, textFigures, type TextFigures } from '../texts/index.js';
import { Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import type { E164 } from '../telephony/phone.js';
import { addToStats } from './add-to-stats.js';
import { TextCharged } from './billing-stats.events.js';
import { readTextTotals } from './read-text-totals.js';
import { TEXT_TALLIES, UNKNOWN, type TextTally } from './stat.entity.js';
import { minus, NOTHING, quarterOf, type StatPlace, type Sums } from './sums.js';

const WHOLE = selection(TEXT_TALLIES.fields());

/**
 * Brings a text into the roll-ups, in the transaction in which it came or more of its cost became known. Counting again adds what has changed since: nothing,
 * for a report that came twice.
 */
@Injectable()
export class CountText implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
    private readonly settings: AccountSettings,
    private readonly spend: Spend,
    private readonly textTotals: ReadTextTotals,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(TextFigured, (tx, { textId }) => this.run(tx, textId));
    this.textTotals.readBy(readTextTotals);
  }

  async run(tx: Tx, textId: string): Promise<void> {
    // The text's row is held: of two reports at once, the later counts what both have told.
    const figures = (await textFigures(tx, [textId], this.database.forUpdate)).get(textId);
    if (!figures) return;
    const [before = null] = await WHOLE.read(tx, 'FROM text_tally WHERE text_id = ?', [textId]);
    const { settings, messageFee } = await this.termsOf(tx, figures.accountId, before);
    const after = { ...countedTextOf(figures, messageFee), ...(await lineOf(tx, figures, before)) };

    const { accountId, receivedAt } = figures;
    const more = costOf(after) - (before ? costOf(before) : 0);
    if (more !== 0) await this.spent(tx, { accountId, at: receivedAt, micros: more }, settings);
    if (before && isSame(before, after)) return;
    if (before) await TEXT_TALLIES.update(tx, after, 'WHERE text_id = ?', [textId]);
    else await orStartOver(TEXT_TALLIES.insert(tx, after));
    await this.move(tx, before, after);
    if (more !== 0) await this.events.publish(tx, new TextCharged(accountId, after.virtualNumber, more));
  }

  /** The account's own price of a unit is that of when the text came; settings are read for it once. */
  private async termsOf(tx: Tx, accountId: string, before: TextTally | null) {
    if (before !== null) return { settings: null, messageFee: before.messageFee };
    const settings = await this.settings.read(tx, accountId);
    return { settings, messageFee: microsOf(settings.message_fee) };
  }

  /** The rate outlives a cap that is taken away for a while. What was reserved for it is given back by who knows that it is over. */
  private async spent(
    tx: Tx,
    cost: { accountId: string; at: number; micros: number },
    known: ChosenSettings | null,
  ): Promise<void> {
    const { max_rate_per_minute: rate } = known ?? (await this.settings.read(tx, cost.accountId));
    if (rate !== null) await this.spend.settle(tx, { ...cost, holder: null, isFinal: true });
  }

  private async move(tx: Tx, before: TextTally | null, after: TextTally): Promise<void> {
    const old = before ? sumsOfText(before) : NOTHING;
    if (before === null || isSamePlace(before, after))
      return addToStats(tx, this.database, placeOfText(after), minus(sumsOfText(after), old));
    await addToStats(tx, this.database, placeOfText(before), minus(NOTHING, old));
    await addToStats(tx, this.database, placeOfText(after), sumsOfText(after));
  }
}

/** What of the figures is counted as it is, and the account's own price of it. */
export function countedTextOf({ virtualNumber: _, ...figures }: TextFigures, messageFee: number) {
  const ownAmount = figures.forwardedUnits * messageFee;
  return { ...figures, quarter: quarterOf(figures.receivedAt), ownAmount, messageFee };
}

/** What a counted text adds to every sum that it counts in. */
export function sumsOfText(tally: TextTally): Sums {
  return {
    ...NOTHING,
    texts: Number(tally.isTaken),
    textsDelivered: Number(tally.isDelivered),
    textsFailed: Number(tally.isFailed),
    textUnits: tally.units,
    textAmount: costOf(tally),
    textOwnAmount: tally.ownAmount,
  };
}

export function placeOfText(tally: TextTally): StatPlace {
  const { accountId, quarter, virtualNumber, subaccountId, sessionId } = tally;
  return { accountId, quarter, virtualNumber, direction: 'text', subaccountId, sessionId };
}

/** Plivo's price, carriers' and the account's own. */
function costOf({ amount, ownAmount }: Pick<TextTally, 'amount' | 'ownAmount'>): number {
  return amount + ownAmount;
}

/** The session's number and subaccount, otherwise the number that it was sent to, if it is one of the account's: it could be a person's. */
async function lineOf(
  tx: Tx,
  { accountId, sessionId, virtualNumber: told }: TextFigures,
  before: TextTally | null,
): Promise<Pick<TextTally, 'virtualNumber' | 'subaccountId'>> {
  // A text whose session was forgotten counts on where it did.
  const isKnown = before !== null && before.virtualNumber !== UNKNOWN;
  if (isKnown && (sessionId === null || before.sessionId === sessionId)) {
    const { virtualNumber, subaccountId } = before;
    return { virtualNumber, subaccountId };
  }
  const [session] = sessionId === null ? [] : await nextOpened(tx, { ids: [sessionId] });
  if (session) return { virtualNumber: session.virtualNumber, subaccountId: session.subaccountId ?? '' };
  const own = told === null ? null : await lineOfAccount(tx, accountId, told as E164);
  return { virtualNumber: own ?? UNKNOWN, subaccountId: '' };
}

function isSamePlace(one: TextTally, other: TextTally): boolean {
  const [place, otherPlace] = [placeOfText(one), placeOfText(other)];
  return (Object.keys(place) as (keyof StatPlace)[]).every((name) => place[name] === otherPlace[name]);
}

function isSame(before: TextTally, after: TextTally): boolean {
  return (Object.keys(after) as (keyof TextTally)[]).every((name) => before[name] === after[name]);
}

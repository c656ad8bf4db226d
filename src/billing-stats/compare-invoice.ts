import { Injectable } from '@nestjs/common';
import { Accounts, Retention } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Conflict, InvalidRequest } from '../platform/errors.js';
import type { TimeZone } from '../platform/time-zone.js';
import { bookOf, type BilledBook, type KnownLeg } from './billed-books.js';
import { invoiceLegs, type InvoiceLeg, type LogKind } from './invoice-rows.js';
import { SeenLegs } from './seen-legs.js';

/** Of each kind, the first ones are named. */
const MOST_NAMED = 1000;
const PAGE = 500;
/** Some 100 MB while they are looked at. */
const MOST_LEGS = 2_000_000;

export interface InvoiceQuestion {
  accountId: string;
  /** `YYYY-MM`, by the clocks of the zone. */
  month: string;
  zone: TimeZone;
}

/** Legs, seconds as billed (of messages units), and micro-units. */
export interface LegSum {
  legs: number;
  billedSeconds: number;
  amount: number;
}

type Billed = Pick<InvoiceLeg, 'duration' | 'billedDuration' | 'amount'>;
const FIELDS = ['duration', 'billedDuration', 'amount'] as const satisfies (keyof Billed)[];

interface Named<Item> extends LegSum {
  items: Item[];
}

export interface InvoiceComparison {
  kind: LogKind;
  /** All legs of the file, each once. */
  there: LegSum;
  /** The same legs as they are known here, and those of the month that the file lacks. */
  here: LegSum;
  equal: number;
  /** Of the file, and never heard of here. */
  missingHere: Named<Billed & { uuid: string; row: number }>;
  /** Ended here within the month, and not in the file. */
  missingThere: Named<Billed & { uuid: string }>;
  /** By what it is more there. */
  different: Named<{ uuid: string; row: number; here: Partial<Billed>; there: Partial<Billed> }>;
  /** Rows that name a leg once more; they count in no sum. */
  duplicates: Named<{ uuid: string; row: number }>;
  /** Of the file, unknown here, and so old that their calls may have been deleted. */
  beforeRetention: LegSum;
  /** Of the file, and by its own words ended outside of the month. */
  outsideMonth: number;
}

/** Compares Plivo's call log or message log of a month with what is known here, leg by leg, in bounded memory. Changes and keeps nothing. */
@Injectable()
export class CompareInvoice {
  private isRunning = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly retention: Retention,
  ) {}

  /** Refuses an unknown account, a file that it cannot read, and a second one while it is at work. */
  async run(question: InvoiceQuestion, file: AsyncIterable<Uint8Array>): Promise<InvoiceComparison> {
    if (this.isRunning) throw new Conflict('another log is being compared: try again when that has been answered');
    this.isRunning = true;
    try {
      return await this.compare(question, file);
    } finally {
      this.isRunning = false;
    }
  }

  private async compare(question: InvoiceQuestion, file: AsyncIterable<Uint8Array>): Promise<InvoiceComparison> {
    const { accountId } = question;
    await this.database.browse((manager) => this.accounts.require(manager, accountId));
    const kept = (await this.retention.ofAll()).find((account) => account.accountId === accountId)?.keptMs ?? 0;
    const month = question.zone.month(question.month);
    const comparing = new Comparing(month, this.clock.now() - kept);

    let [book, hasCarriers]: [BilledBook | null, boolean] = [null, false];
    for await (const log of invoiceLegs(file)) {
      comparing.found.kind = log.kind;
      book = bookOf(this.database, accountId, log.kind);
      ({ hasCarriers } = log);
      for (let from = 0; from < log.legs.length; from += PAGE) {
        const legs = log.legs.slice(from, from + PAGE);
        const uuids = legs.map(({ uuid }) => uuid);
        const known = await book.known(uuids, hasCarriers);
        for (const leg of legs) comparing.leg(leg, known.get(leg.uuid));
      }
    }
    // A file without a row of legs has still said of what it is.
    if (book === null) return comparing.found;
    for await (const legs of book.within(month, hasCarriers)) for (const leg of legs) comparing.ownLeg(leg);
    return comparing.found;
  }
}

/** What has been found so far. */
class Comparing {
  private readonly seen = new SeenLegs();
  readonly found: InvoiceComparison = {
    kind: 'calls',
    there: nothing(),
    here: nothing(),
    equal: 0,
    missingHere: { ...nothing(), items: [] },
    missingThere: { ...nothing(), items: [] },
    different: { ...nothing(), items: [] },
    duplicates: { ...nothing(), items: [] },
    beforeRetention: nothing(),
    outsideMonth: 0,
  };

  constructor(
    private readonly month: { from: number; to: number },
    /** What ended earlier may have been deleted. */
    private readonly keptFrom: number,
  ) {}

  /** One of the file. */
  leg(leg: InvoiceLeg, known: KnownLeg | undefined): void {
    const { found } = this;
    const { uuid, row } = leg;
    if (!this.seen.add(uuid)) return name(found.duplicates, leg, { uuid, row });
    if (this.seen.size > MOST_LEGS)
      throw new InvalidRequest(`the log cannot be compared: expected at most ${MOST_LEGS} legs; compare it in parts`);
    add(found.there, leg);
    if (leg.endedAt !== null && (leg.endedAt < this.month.from || leg.endedAt >= this.month.to))
      found.outsideMonth += 1;
    if (known) this.known(leg, billedOf(known));
    else if ((leg.endedAt ?? this.month.to - 1) < this.keptFrom) add(found.beforeRetention, leg);
    else name(found.missingHere, leg, { uuid, row, ...billedOf(leg) });
  }

  /** One that is known here, and ended in the month. */
  ownLeg(known: KnownLeg): void {
    if (this.seen.has(known.legUuid)) return;
    const leg = billedOf(known);
    add(this.found.here, leg);
    name(this.found.missingThere, leg, { uuid: known.legUuid, ...leg });
  }

  private known(leg: InvoiceLeg, here: Billed): void {
    const { found } = this;
    add(found.here, here);
    const other = FIELDS.filter((field) => leg[field] !== here[field]);
    if (other.length === 0) {
      found.equal += 1;
      return;
    }
    const only = (of: Billed): Partial<Billed> => Object.fromEntries(other.map((field) => [field, of[field]]));
    const more = {
      billedDuration: leg.billedDuration - here.billedDuration,
      amount: leg.amount - here.amount,
      duration: 0,
    };
    name(found.different, more, { uuid: leg.uuid, row: leg.row, here: only(here), there: only(leg) });
  }
}

function nothing(): LegSum {
  return { legs: 0, billedSeconds: 0, amount: 0 };
}

function add(sum: LegSum, { billedDuration, amount }: Billed): void {
  sum.legs += 1;
  sum.billedSeconds += billedDuration;
  sum.amount += amount;
}

function name<Item>(kind: Named<Item>, leg: Billed, item: Item): void {
  add(kind, leg);
  if (kind.items.length < MOST_NAMED) kind.items.push(item);
}

/** What nobody has told is nothing: so are lengths and prices of calls that nobody answered. */
function billedOf({ duration, billedDuration, amount }: { [Field in keyof Billed]: number | null }): Billed {
  return { duration: duration ?? 0, billedDuration: billedDuration ?? 0, amount: amount ?? 0 };
}

import type { ReactNode } from 'react';
import { groupedNumber } from '../../design/format.ts';
import { CopyButton } from '../../design/small-parts.tsx';
import { LANGUAGE } from '../../design/texts/language.ts';
import { parts } from '../../design/texts/console/parts.ts';
import { briefly, dateOf, exactly, timeOf, useNow, useZone } from './clock.ts';
import { countriesOf, groupedMasked } from './masked.ts';

const MOST_PLACES = 8;
const AMOUNTS = new Map<number, Intl.NumberFormat>();
const ROUND = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const COUNT = new Intl.NumberFormat(LANGUAGE);
const PERCENT = new Intl.NumberFormat(LANGUAGE, { style: 'percent', maximumFractionDigits: 0 });

/** `places`: so many digits behind the point, where figures stand in a column. */
export function countText(count: number, places = 0): string {
  return places === 0 ? COUNT.format(count) : amountOf(places).format(count);
}

export function percentText(part: number): string {
  return PERCENT.format(part);
}

/** How long ago, in lists; the exact instant, in both zones, on hover. */
export function Ago({ at }: { at: string | null }) {
  const now = useNow();
  const chosen = useZone();
  if (at === null) return <Nothing />;
  const instant = new Date(at);
  return (
    <time dateTime={at} title={bothZones(instant)}>
      {briefly(instant, now, chosen)}
    </time>
  );
}

/** The exact instant, in details. */
export function Exact({ at }: { at: string | null }) {
  const chosen = useZone();
  if (at === null) return <Nothing />;
  const instant = new Date(at);
  return (
    <time dateTime={at} title={bothZones(instant)}>
      {exactly(instant, chosen)}
    </time>
  );
}

/** The time of day alone, where the day stands above. */
export function TimeOfDay({ at, digits = 0 }: { at: string; digits?: 0 | 1 | 3 }) {
  const chosen = useZone();
  const instant = new Date(at);
  return (
    <time dateTime={at} title={bothZones(instant)}>
      {timeOf(instant, chosen, digits)}
    </time>
  );
}

/** The day alone. */
export function DayOf({ at }: { at: string }) {
  return <span className="day">{dateOf(new Date(at), useZone())}</span>;
}

function bothZones(instant: Date): string {
  return `${exactly(instant, 'local')}\n${exactly(instant, 'utc')}`;
}

/** For screen readers too: not known, or not yet. */
export function Nothing() {
  return <span className="soft">{parts.time.none}</span>;
}

/** Somebody's number as the service shows it, masked or whole, with its country as two letters. */
export function Party({ number }: { number: string | null }) {
  if (number === null) return <span className="soft">{parts.number.withheld}</span>;
  const countries = countriesOf(number);
  return (
    <span className="party">
      <span className="number nowrap">{number.includes('•') ? groupedMasked(number) : groupedNumber(number)}</span>
      {countries.length > 0 && (
        <abbr className="tiny soft" title={parts.number.or(countries.map(({ name }) => name))}>
          {countries.map(({ code }) => code).join('/')}
        </abbr>
      )}
    </span>
  );
}

/** A number of the pool: never masked. */
export function PoolNumber({ number, isCopied = false }: { number: string | null; isCopied?: boolean }) {
  if (number === null) return <Nothing />;
  return (
    <span className="party">
      <Party number={number} />
      {isCopied && <CopyButton text={number} what={groupedNumber(number)} />}
    </span>
  );
}

/** Exact, to the last digit that the service says. `places`: at least so many digits behind the point, where amounts stand in a column. */
export function Money({ amount, currency, places = 2 }: { amount: string | null; currency?: string; places?: number }) {
  if (amount === null) return <Nothing />;
  // Decimal text is formatted as it is: a number would round it.
  const text = amountOf(places).format(amount as Intl.StringNumericLiteral);
  return <span className="figures nowrap">{currency === undefined ? text : parts.money(text, currency)}</span>;
}

function amountOf(places: number): Intl.NumberFormat {
  const known = AMOUNTS.get(places);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: places, maximumFractionDigits: MOST_PLACES });
  AMOUNTS.set(places, made);
  return made;
}

/** How many digits stand behind the point of the finest of these amounts: so that points stand below each other. */
export function placesOf(amounts: readonly string[]): number {
  const longest = Math.max(0, ...amounts.map((amount) => amount.split('.')[1]?.length ?? 0));
  return Math.min(MOST_PLACES, Math.max(2, longest));
}

/** Rounded to two places, where many are compared at a glance; exact on hover. */
export function RoundMoney({ amount, currency }: { amount: string; currency: string }) {
  return (
    <span className="figures nowrap" title={parts.money(amount, currency)}>
      {ROUND.format(amount as Intl.StringNumericLiteral)} <span className="currency">{currency}</span>
    </span>
  );
}

export function shortId(id: string): string {
  return `${id.slice(0, 8)}…${id.slice(-4)}`;
}

/** An id, short to the eye and whole to the clipboard. */
export function Id({ id, what, isWhole: isAsked = false }: { id: string; what: string; isWhole?: boolean }) {
  const isWhole = isAsked || id.length <= 20;
  return (
    <span className="id" data-whole={isWhole ? '' : undefined}>
      <code title={id}>{isWhole ? id : shortId(id)}</code>
      <CopyButton text={id} what={what} />
    </span>
  );
}

/** Name and value, beneath each other where it is narrow. */
export function FactList({ children }: { children: ReactNode }) {
  return <dl className="fact-list">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

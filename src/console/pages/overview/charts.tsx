import { DATES, LANGUAGE } from '../../../design/texts/language.ts';
import { overview } from '../../../design/texts/console/overview.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { hrefOf } from '../../address.ts';
import { BarChart, type Bar } from '../../parts/chart.tsx';
import { exactly, serviceNow, timeOf, useZone } from '../../parts/clock.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { Failure, isToBeTold } from '../../parts/failure.tsx';
import { outcomeWord } from '../../parts/outcome.tsx';
import { daysUntilNow, hoursOfToday, hoursUntil, useDays, useHours, useOutcomes } from './figures.ts';
import { OUTCOMES } from './outcomes.tsx';

const { hours, days, outcomeHours } = overview;
const HOUR = 3_600_000;
const MONEY = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 2, maximumFractionDigits: 4 });

export function CallsByHour() {
  const zone = useZone();
  const { body, error, again } = useHours();
  if (isToBeTold(error, body)) return <Failure error={error} what={hours.title} onAgain={again} />;
  if (body === undefined) return <Skeleton lines={7} />;
  const byHour = new Map(body.items.map((row) => [Date.parse(row.key), row]));
  const bars = hoursUntil(serviceNow()).map((hour): Bar => {
    const row = byHour.get(hour.getTime());
    const connected = row?.connected ?? 0;
    return {
      key: hour.toISOString(),
      label: timeOf(hour, zone).slice(0, 5),
      name: exactly(hour, zone),
      values: [connected, (row?.calls ?? 0) - connected],
      href: hrefOfHour(hour),
    };
  });
  return (
    <BarChart
      title={hours.title}
      axis={hours.axis}
      series={[
        { id: 'connected', name: hours.connected, kind: 'connected' },
        { id: 'others', name: hours.others, kind: 'ended' },
      ]}
      bars={bars}
    />
  );
}

/** Hours to come have no count yet, which is no nought. */
export function OutcomesByHour() {
  const zone = useZone();
  const { body, error, again } = useOutcomes(zone);
  if (isToBeTold(error, body)) return <Failure error={error} what={outcomeHours.title} onAgain={again} />;
  if (body === undefined) return <Skeleton lines={7} />;
  const byHour = new Map(body.items.map(({ hour, outcomes }) => [Date.parse(hour), outcomes]));
  const bars = hoursOfToday(zone).map((hour): Bar => {
    const outcomes = byHour.get(hour.getTime());
    const isToCome = hour.getTime() > serviceNow();
    return {
      key: hour.toISOString(),
      label: timeOf(hour, zone).slice(0, 5),
      name: timeOf(hour, zone).slice(0, 5),
      values: OUTCOMES.map((outcome) => (isToCome ? null : (outcomes?.[outcome] ?? 0))),
      href: isToCome ? undefined : hrefOfHour(hour),
    };
  });
  return (
    <BarChart
      title={outcomeHours.title}
      axis={outcomeHours.axis}
      series={OUTCOMES.map((outcome) => ({ id: outcome, name: outcomeWord(outcome), kind: outcome }))}
      bars={bars}
    />
  );
}

function hrefOfHour(hour: Date): string {
  const filters = { from: hour.toISOString(), to: new Date(hour.getTime() + HOUR).toISOString() };
  return hrefOf({ page: 'calls', filters });
}

export function CostByDay() {
  const zone = useZone();
  const { body, error, again } = useDays(zone);
  if (isToBeTold(error, body)) return <Failure error={error} what={days.title} onAgain={again} />;
  if (body === undefined) return <Skeleton lines={7} />;
  const byDay = new Map(body.items.map((row) => [row.key, row]));
  const bars = daysUntilNow(zone).map(({ day, start, end }): Bar => {
    const where = zone === 'utc' ? { timeZone: 'UTC' } : {};
    return {
      key: day,
      label: String(Number(day.slice(8))),
      over: start.toLocaleDateString(DATES, { month: 'short', ...where }),
      name: start.toLocaleDateString(DATES, { day: 'numeric', month: 'short', ...where }),
      values: [Number(byDay.get(day)?.amount ?? 0)],
      href: hrefOf({ page: 'calls', filters: { from: start.toISOString(), to: end.toISOString() } }),
    };
  });
  const currency = body.items[0]?.currency ?? 'USD';
  return (
    <BarChart
      title={days.title}
      axis={days.axis(currency)}
      series={[{ id: 'cost', name: parts.money(days.cost, currency), kind: 'accent' }]}
      bars={bars}
      show={(amount) => MONEY.format(amount)}
    />
  );
}

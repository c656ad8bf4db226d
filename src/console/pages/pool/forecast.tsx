import { DATES } from '../../../design/texts/language.ts';
import { pool } from '../../../design/texts/console/pool.ts';
import type { components } from '../../api-types.ts';
import { BarChart, type Bar } from '../../parts/chart.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { countText } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Mark } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';
import { poolName } from './pool-name.ts';

const { forecast: words } = pool;
const DAY = 86_400_000;
const TOO_FEW = /^not enough days: (\d+) of (\d+)$/;

type Country = components['schemas']['CountryForecast'];

/** The day on which the numbers will not do, in words, and the peaks that it follows from. */
export function Forecasts({ account, isNamed }: { account: string; isNamed: boolean }) {
  const { body, error, again } = useOne('/pool/forecast', { account });
  const title = isNamed ? `${words.title} ${words.account(account)}` : words.title;
  return (
    <Section title={title} level={2}>
      {error !== null && <Failure error={error} what={title} onAgain={again} />}
      {body === undefined && error === null && <Skeleton lines={8} />}
      <div className="forecasts">
        {body?.countries.map((country) => (
          <Forecast key={`${country.country} ${country.subaccount}`} forecast={country} />
        ))}
      </div>
      <p className="tiny soft">{words.assumed}</p>
    </Section>
  );
}

function Forecast({ forecast }: { forecast: Country }) {
  const { full_on: fullOn, peaks, numbers } = forecast;
  const name = poolName(forecast);
  return (
    <div className="card padded forecast">
      <p>
        <Mark kind={fullOn === null ? 'ended' : 'failed'} />{' '}
        <strong>{fullOn === null ? headOf(forecast.reason, name) : words.full(dayText(fullOn), name)}</strong>
      </p>
      <p className="small soft">
        {reasonText(forecast.reason)} {words.has(countText(numbers))}
      </p>
      {peaks.length < 2 ? (
        <p className="small soft">{words.noPeaks}</p>
      ) : (
        <BarChart
          title={name}
          axis={words.axis}
          series={[{ id: 'needed', name: words.series, kind: 'accent' }]}
          bars={barsOf(peaks)}
        />
      )}
    </div>
  );
}

function headOf(reason: string, name: string): string {
  return TOO_FEW.test(reason) ? words.early(name) : words.lasts(name);
}

function reasonText(reason: string): string {
  const [, have, need] = TOO_FEW.exec(reason) ?? [];
  if (have !== undefined && need !== undefined) return words.days(have, need);
  return words.reasons[reason] ?? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}

/** A day on which nobody looked is a gap, no nought. */
function barsOf(peaks: Country['peaks']): Bar[] {
  const byDay = new Map(peaks.map(({ day, numbers_needed: needed }) => [day, needed]));
  const first = Date.parse(peaks[0]?.day ?? '');
  const last = Date.parse(peaks.at(-1)?.day ?? '');
  return Array.from({ length: (last - first) / DAY + 1 }, (_, place): Bar => {
    const day = new Date(first + place * DAY).toISOString().slice(0, 10);
    return {
      key: day,
      label: String(Number(day.slice(8))),
      over: monthText(day),
      name: dayText(day),
      values: [byDay.get(day) ?? null],
    };
  });
}

function dayText(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(DATES, { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

function monthText(day: string): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(DATES, { month: 'short', timeZone: 'UTC' });
}

import { useId, useRef, useState } from 'react';
import { parts } from '../../design/texts/console/parts.ts';
import type { Outcome } from '../reach/answers.ts';
import { countText } from './facts.tsx';
import type { Meaning } from './outcome.tsx';
import { useWidth } from './use-width.ts';

/** Of a series: what its parts are called, from the ground up. */
export interface Series {
  id: string;
  name: string;
  kind: Meaning | 'accent' | Outcome;
}

/** One bar; `null` where nothing is known, which is no nought. */
export interface Bar {
  key: string;
  /** Under the axis, where there is room. */
  label: string;
  /** Below that, where it is another one than of the label before: the month of a day. */
  over?: string;
  /** In the table and on hover. */
  name: string;
  values: readonly (number | null)[];
  /** Where a click leads. */
  href?: string | undefined;
}

const HEIGHT = 120;
/** Of a label's letter, and between two labels. */
const LETTER_PX = 7.5;
const BETWEEN_PX = 8;
/** Every how many bars have a label: what divides hours and weeks evenly. */
const SPACINGS = [1, 2, 3, 4, 6, 7, 8, 12, 14, 24];
/** More columns do not fit beside each other on a phone. */
const MOST_BESIDE = 3;
/** Tops of the axis: their halves are round, or nearly so. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10];

function topOf(value: number, show: Drawing['show']): number {
  // Half a call is no count.
  if (show === countText && value <= 2) return 2;
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const tops = STEPS.map((step) => step * power);
  return tops.find((top) => top >= value && (show !== countText || top % 2 === 0)) ?? 10 * power;
}

/** Stacked bars over time, and the same as a table. At most a hundred: drawn as shapes, not on a canvas, so they follow the theme and can be printed. */
export function BarChart({
  title,
  axis,
  series,
  bars,
  show = countText,
}: {
  title: string;
  /** What is counted, in words. */
  axis: string;
  series: readonly Series[];
  bars: readonly Bar[];
  show?: (value: number) => string;
}) {
  const id = useId();
  const [isTable, setIsTable] = useState(false);
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption>
        <span id={id}>
          <strong>{title}</strong> <span className="soft small">{axis}</span>
        </span>
        <button
          type="button"
          className="button quiet small-button"
          aria-pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {isTable ? parts.chart.bars : parts.chart.table}
        </button>
      </figcaption>
      {isTable ? (
        <ChartTable series={series} bars={bars} show={show} />
      ) : (
        <>
          <Drawn series={series} bars={bars} show={show} title={title} />
          <Legend series={series} />
        </>
      )}
    </figure>
  );
}

interface Drawing {
  series: readonly Series[];
  bars: readonly Bar[];
  show: (value: number) => string;
}

function Drawn({ series, bars, show, title }: Drawing & { title: string }) {
  const top = topOf(Math.max(0, ...bars.map(({ values }) => sum(values))), show);
  return (
    <div className="drawn">
      <div className="scale tiny soft figures" aria-hidden="true">
        <span>{show(top)}</span>
        <span>{show(top / 2)}</span>
        <span>{show(0)}</span>
      </div>
      <div className="plot">
        <svg
          viewBox={`0 0 ${bars.length * 10} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${bars.map(({ name, values }) => `${name} ${spoken(values, show)}`).join('; ')}`}
        >
          <line x1="0" x2={bars.length * 10} y1={HEIGHT / 2} y2={HEIGHT / 2} className="grid" />
          {bars.map((bar, place) => (
            <g key={bar.key}>
              <title>{`${bar.name}: ${series.map(({ name }, at) => `${name} ${spoken([bar.values[at] ?? null], show)}`).join(', ')}`}</title>
              <rect x={place * 10} y="0" width="10" height={HEIGHT} className="field" />
              {stacked(bar.values, top).map(({ y, height }, at) => (
                <rect
                  key={series[at]?.id}
                  x={place * 10 + 1}
                  width="8"
                  y={y}
                  height={height}
                  data-kind={series[at]?.kind}
                />
              ))}
            </g>
          ))}
        </svg>
        <Axis bars={bars} />
      </div>
    </div>
  );
}

/** Each bar is named where the names fit beside each other; where they do not, every second, third and so on. */
function Axis({ bars }: { bars: readonly Bar[] }) {
  const axis = useRef<HTMLDivElement>(null);
  const width = useWidth(axis);
  const longest = Math.max(...bars.map(({ label }) => label.length));
  const fits = (every: number): boolean => (every * width) / bars.length >= longest * LETTER_PX + BETWEEN_PX;
  const every = SPACINGS.find(fits) ?? bars.length;
  const named = bars.flatMap((bar, place) => (place % every === 0 ? [{ ...bar, place }] : []));
  return (
    <div ref={axis} className="axis tiny soft figures" aria-hidden="true">
      {named.map(({ key, label, over, place }, at) => (
        <span key={key} style={{ left: `${((place + 0.5) / bars.length) * 100}%` }}>
          {label}
          {over !== undefined && over !== named[at - 1]?.over && <span className="over">{over}</span>}
        </span>
      ))}
    </div>
  );
}

function Legend({ series }: { series: readonly Series[] }) {
  if (series.length < 2) return null;
  return (
    <ul className="legend tiny soft">
      {series.map(({ id, name, kind }) => (
        <li key={id}>
          <span className="swatch" data-kind={kind} />
          {name}
        </li>
      ))}
    </ul>
  );
}

function ChartTable({ series, bars, show }: Drawing) {
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={parts.chart.table}>
      <table className={series.length > MOST_BESIDE ? 'plain small stacks' : 'plain small'}>
        <thead>
          <tr>
            <th scope="col" />
            {series.map(({ id, name }) => (
              <th key={id} scope="col" className="figures">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map(({ key, name, values, href }) => (
            <tr key={key}>
              <th scope="row">{href === undefined ? name : <a href={href}>{name}</a>}</th>
              {series.map(({ id, name: column }, at) => (
                <td
                  key={id}
                  className="figures"
                  data-name={column}
                  data-nought={(values[at] ?? 0) === 0 ? '' : undefined}
                >
                  {spoken([values[at] ?? null], show)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function spoken(values: readonly (number | null)[], show: (value: number) => string): string {
  return values.every((value) => value === null) ? parts.chart.gap : show(sum(values));
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((all, value) => all + (value ?? 0), 0);
}

/** The lowest first. What is there at all can be seen. */
function stacked(values: readonly (number | null)[], top: number): { y: number; height: number }[] {
  let ground = HEIGHT;
  return values.map((value) => {
    const height = value === null || value === 0 ? 0 : Math.max(2, (value / top) * HEIGHT);
    ground -= height;
    return { y: ground, height };
  });
}

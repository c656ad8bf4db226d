import { duration } from '../../../design/format.ts';
import { calls } from '../../../design/texts/console/calls.ts';
import { serviceNow, timeOf, useSeconds, useZone } from '../../parts/clock.ts';
import { Money, Nothing } from '../../parts/facts.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import type { Call, Leg } from '../../reach/answers.ts';
import { barsOf, spanOfLegs } from './leg-bars.ts';

const { detail: words } = calls;

function lineName({ side, role }: Leg): string {
  return words.legs[side][role ?? 'none'];
}

/** Both lines on one axis of time: rang as a pale bar, talked as a full one. The table below says the same. */
export function LegBars({ call }: { call: Call }) {
  const chosen = useZone();
  const isRunning = call.ended_at === null;
  useSeconds(isRunning);
  const span = spanOfLegs(call, serviceNow());
  if (call.legs.length === 0) return <p className="soft small">{words.noLegs}</p>;
  // An empty axis would say that nothing rings and nobody talks.
  if (call.legs.every(({ started_at: at }) => at === null)) return <p className="soft small">{words.noTimes}</p>;
  return (
    <div className="leg-bars" aria-hidden="true">
      {call.legs.map((leg) => (
        <div key={leg.call_uuid} className="leg-line">
          <span className="small">{lineName(leg)}</span>
          <span className="track">
            {barsOf(leg, span).map(({ kind, left, width }) => (
              <span key={kind} data-kind={kind} style={{ left: `${left}%`, width: `${width}%` }} />
            ))}
          </span>
        </div>
      ))}
      <div className="leg-line tiny soft figures">
        <span />
        <span className="ends">
          <span>{timeOf(new Date(span.from), chosen)}</span>
          <span>
            <span className="swatch" data-kind="rang" /> {words.rang} <span className="swatch" data-kind="talked" />{' '}
            {words.talked}
          </span>
          <span>{timeOf(new Date(span.to), chosen)}</span>
        </span>
      </div>
    </div>
  );
}

const { legTable: heads } = words;
const COLUMNS: readonly TableColumn<Leg>[] = [
  { name: heads.line, cell: lineName },
  {
    name: heads.state,
    cell: ({ cause, status, cause_code: code }) => (
      <>
        {cause ?? words.states[status] ?? status}
        {code !== null && <code className="soft tiny code">{code}</code>}
      </>
    ),
  },
  { name: heads.rang, isFigure: true, cell: (leg) => <Seconds seconds={rangSeconds(leg)} /> },
  { name: heads.talked, isFigure: true, cell: (leg) => <Seconds seconds={leg.duration_seconds} /> },
  { name: heads.billed, isFigure: true, cell: (leg) => <Seconds seconds={leg.billed_seconds} /> },
  { name: heads.cost, isFigure: true, cell: ({ cost }) => <Money amount={cost} /> },
];

export function LegTable({ call: { legs } }: { call: Call }) {
  if (legs.length === 0) return null;
  return <Table name={words.legsTitle} columns={COLUMNS} rows={legs} keyOf={({ call_uuid: id }) => id} />;
}

function Seconds({ seconds }: { seconds: number | null }) {
  return seconds === null ? <Nothing /> : <span className="nowrap">{duration(seconds)}</span>;
}

function rangSeconds({ started_at: from, answered_at: answered, ended_at: ended }: Leg): number | null {
  const until = answered ?? ended;
  return from === null || until === null ? null : (Date.parse(until) - Date.parse(from)) / 1000;
}

import { duration } from '../../../design/format.ts';
import { calls } from '../../../design/texts/console/calls.ts';
import { serviceNow, timeOf, useSeconds, useZone } from '../../parts/clock.ts';
import { Money, Nothing } from '../../parts/facts.tsx';
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

export function LegTable({ call }: { call: Call }) {
  const { legTable: heads } = words;
  if (call.legs.length === 0) return null;
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={words.legsTitle}>
      <table className="plain small stacks">
        <thead>
          <tr>
            <th scope="col">{heads.line}</th>
            <th scope="col">{heads.state}</th>
            <th scope="col" className="figures">
              {heads.rang}
            </th>
            <th scope="col" className="figures">
              {heads.talked}
            </th>
            <th scope="col" className="figures">
              {heads.billed}
            </th>
            <th scope="col" className="figures">
              {heads.cost}
            </th>
          </tr>
        </thead>
        <tbody>
          {call.legs.map((leg) => (
            <tr key={leg.call_uuid}>
              <th scope="row">{lineName(leg)}</th>
              <td data-name={heads.state}>
                {leg.cause ?? leg.status}
                {leg.cause_code !== null && <code className="soft tiny code">{leg.cause_code}</code>}
              </td>
              <td data-name={heads.rang} className="figures">
                <Seconds seconds={rangSeconds(leg)} />
              </td>
              <td data-name={heads.talked} className="figures">
                <Seconds seconds={leg.duration_seconds} />
              </td>
              <td data-name={heads.billed} className="figures">
                <Seconds seconds={leg.billed_seconds} />
              </td>
              <td data-name={heads.cost} className="figures">
                <Money amount={leg.cost} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Seconds({ seconds }: { seconds: number | null }) {
  return seconds === null ? <Nothing /> : <span className="nowrap">{duration(seconds)}</span>;
}

function rangSeconds({ started_at: from, answered_at: answered, ended_at: ended }: Leg): number | null {
  const until = answered ?? ended;
  return from === null || until === null ? null : (Date.parse(until) - Date.parse(from)) / 1000;
}

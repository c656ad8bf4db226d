import { duration } from '../../../design/format.ts';
import { costs } from '../../../design/texts/console/costs.ts';
import { countText, Money, percentText } from '../../parts/facts.tsx';
import { useOne } from '../../parts/use-one.ts';
import { monthBefore, monthName, periodOf, type Period } from './months.ts';
import { sumOf, type Sums } from './sums.ts';

const { totals: words } = costs;
const CURRENCY = 'USD';

/** What the whole period came to, and for one month what the month before did. */
export function Totals({
  total,
  period: { month },
  whose,
  name,
}: {
  total: Sums;
  period: Period;
  whose: Record<string, string | undefined>;
  name: string;
}) {
  return (
    <section className="totals" aria-label={name}>
      <div className="total-lead">
        <span className="small soft">{name}</span>
        <strong>
          <Money amount={total.amount} currency={CURRENCY} />
        </strong>
        {month !== null && <Before month={monthBefore(month, 1)} whose={whose} />}
      </div>
      <dl>
        <div>
          <dt>{words.provider}</dt>
          <dd>
            <Money amount={total.provider} />
          </dd>
        </div>
        <div>
          <dt>{words.fees}</dt>
          <dd>
            <Money amount={total.fees} />
          </dd>
        </div>
        <div>
          <dt>{words.calls}</dt>
          <dd>
            {countText(total.calls)}
            {total.calls > 0 && (
              <span className="tiny soft"> {words.connected(percentText(total.connected / total.calls))}</span>
            )}
          </dd>
        </div>
        <div>
          <dt>{words.minutes}</dt>
          <dd>
            {countText(total.minutes)}
            {total.billed_seconds > 0 && (
              <span className="tiny soft"> {words.billed(duration(total.billed_seconds))}</span>
            )}
          </dd>
        </div>
        <Texts total={total} />
        <div>
          <dt>{words.sessions}</dt>
          <dd>{countText(total.sessions)}</dd>
        </div>
      </dl>
    </section>
  );
}

function Texts({ total }: { total: Sums }) {
  return (
    <div>
      <dt>{words.texts}</dt>
      <dd>
        {countText(total.messages)}
        {(total.messages > 0 || total.message_amount !== '0') && (
          <span className="tiny soft">
            {' '}
            {words.units(countText(total.message_units))}, <Money amount={total.message_amount} />
          </span>
        )}
      </dd>
    </div>
  );
}

function Before({ month, whose }: { month: string; whose: Record<string, string | undefined> }) {
  const { from, to } = periodOf({ month }, 'utc');
  const { body } = useOne('/stats', { ...whose, from, to, group_by: 'account' });
  if (body === undefined) return <span className="small soft">{monthName(month)}</span>;
  return (
    <span className="small soft">
      {monthName(month)}: <Money amount={sumOf(body.items).amount} />
    </span>
  );
}

import { costs } from '../../../design/texts/console/costs.ts';
import type { components } from '../../api-types.ts';
import { countText, Money } from '../../parts/facts.tsx';
import { Meant } from '../../parts/outcome.tsx';

const { invoice: words } = costs;
const SUMS = [
  'there',
  'here',
  'difference',
  'missing_here',
  'missing_there',
  'different',
  'duplicates',
  'before_retention',
] as const;
/** More are in the answer of the API. */
const SHOWN = 50;

type Compared = components['schemas']['InvoiceComparison'];

interface Named {
  call_uuid?: string;
  message_uuid?: string;
  row?: number;
  amount?: string;
  here?: { amount?: string };
  there?: { amount?: string };
}

export function Comparison({ found }: { found: Compared }) {
  const { difference, currency } = found;
  const isSame = SUMS.slice(3).every((name) => found[name].legs === 0);
  const isLower = difference.amount.startsWith('-');
  const by = `${difference.amount.replace('-', '')} ${currency}`;
  return (
    <div className="compared">
      <p role="status">
        <Meant kind={isSame ? 'connected' : 'failed'}>
          {isSame ? words.same : isLower ? words.lower(by) : words.differs(by)}
        </Meant>
      </p>
      <div className="scrolls" tabIndex={0} role="region" aria-label={words.title}>
        <table className="plain small">
          <thead>
            <tr>
              <th scope="col">
                <span className="unseen">{words.title}</span>
              </th>
              <th scope="col" className="figures">
                {words.columns.legs}
              </th>
              <th scope="col" className="figures">
                {found.there.units === undefined ? words.columns.seconds : words.columns.units}
              </th>
              <th scope="col" className="figures">
                {words.columns.amount}
              </th>
            </tr>
          </thead>
          <tbody>
            {SUMS.map((name) => (
              <tr key={name} className={name === 'difference' ? 'sum' : undefined}>
                <th scope="row">{words.rows[name]}</th>
                <td className="figures">{countText(found[name].legs)}</td>
                <td className="figures">{countText(found[name].billed_seconds ?? found[name].units ?? 0)}</td>
                <td className="figures">
                  <Money amount={found[name].amount} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="tiny soft">
        {words.equal(countText(found.equal))} {found.outside_month > 0 && words.outside(countText(found.outside_month))}{' '}
        {words.explain}
      </p>
      <Legs name={words.rows.missing_here} items={found.missing_here.items} />
      <Legs name={words.rows.missing_there} items={found.missing_there.items} />
      <Legs name={words.rows.different} items={found.different.items} />
      <Legs name={words.rows.duplicates} items={found.duplicates.items} />
    </div>
  );
}

function Legs({ name, items }: { name: string; items: readonly Named[] }) {
  if (items.length === 0) return null;
  return (
    <details className="small">
      <summary>
        {name}: {words.first}
      </summary>
      <div className="scrolls" tabIndex={0} role="region" aria-label={name}>
        <table className="plain small">
          <thead>
            <tr>
              <th scope="col">{words.leg.uuid}</th>
              <th scope="col" className="figures">
                {words.leg.row}
              </th>
              <th scope="col" className="figures">
                {words.leg.here}
              </th>
              <th scope="col" className="figures">
                {words.leg.there}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, SHOWN).map(({ call_uuid: call, message_uuid: uuid = call, row, amount, here, there }) => (
              <tr key={`${uuid} ${row ?? ''}`}>
                <td>
                  <code>{uuid}</code>
                </td>
                <td className="figures">{row}</td>
                <td className="figures">
                  <Money amount={here?.amount ?? (row === undefined ? (amount ?? null) : null)} />
                </td>
                <td className="figures">
                  <Money amount={there?.amount ?? (row === undefined ? null : (amount ?? null))} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

import { useId } from 'react';
import { pool } from '../../../design/texts/console/pool.ts';
import { countText } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { useFilters } from '../../parts/filters.tsx';
import { Mark } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';
import { poolName } from './pool-name.ts';
import type { Figure } from './pool-now.tsx';

const { plan: words } = pool;
const EXAMPLE = { first: '10', second: '5' };

/** How many numbers so many sessions of one phone take. What is asked stands in the address. */
export function Plan({ figures }: { figures: readonly Figure[] }) {
  const [filters, change] = useFilters();
  const first = filters['first'] ?? EXAMPLE.first;
  const second = filters['second'] ?? EXAMPLE.second;
  const { body, error } = useOne('/pool/plan', {
    first_max: first,
    second_max: second,
  });
  return (
    <div className="card padded">
      <Section title={words.title} level={2}>
        <p className="small soft">
          {words.lead} {words.example}
        </p>
        <div className="asked-line small">
          <Count name={words.first} value={first} onChange={(value) => change({ first: value })} />
          <Count name={words.second} value={second} onChange={(value) => change({ second: value })} />
        </div>
        {error !== null && <Failure error={error} what={words.title} />}
        {body !== undefined && error === null && <Answer needed={body.numbers_needed} figures={figures} />}
      </Section>
    </div>
  );
}

function Answer({ needed, figures }: { needed: number; figures: readonly Figure[] }) {
  return (
    <div role="status">
      <p>
        <strong>{needed === 0 ? words.none : words.needed(countText(needed))}</strong>
      </p>
      <ul className="small">
        {figures.map((figure) => {
          const missing = needed - figure.available;
          const name = poolName(figure);
          return (
            <li key={`${figure.account} ${figure.subaccount} ${figure.country}`}>
              <Mark kind={missing > 0 ? 'failed' : 'connected'} />{' '}
              {missing > 0 ? words.missing(name, countText(missing)) : words.enough(name)}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Count({ name, value, onChange }: { name: string; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <label htmlFor={id}>
      {name}
      <input
        id={id}
        type="number"
        min={0}
        max={100_000}
        value={value}
        onChange={({ target }) => {
          if (target.value !== '') onChange(target.value);
        }}
      />
    </label>
  );
}

import { pool } from '../../../design/texts/console/pool.ts';
import { hrefOf } from '../../address.ts';
import { countText, percentText, PoolNumber } from '../../parts/facts.tsx';
import { Mark } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { useHealth, type NumberHealth } from '../../parts/use-health.ts';

const { suspects: words } = pool;

export function Suspects({ accounts }: { accounts: readonly string[] }) {
  const all = useHealth(accounts);
  if (all === undefined) return null;
  const found = [...all.values()].filter(({ suspect }) => suspect === true);
  return (
    <Section title={words.title} level={2}>
      {found.length === 0 ? (
        <p className="small soft">{words.none}</p>
      ) : (
        <ul className="suspects small">
          {found.map((one) => (
            <li key={one.number}>
              <Mark kind="failed" />
              <a href={hrefOf({ page: 'numbers', id: one.number })}>
                <PoolNumber number={one.number} />
              </a>
              <span>{whyOf(one)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function whyOf({ because, answer_rate: rate, short_calls: short }: NumberHealth): string {
  if (because === 'short-calls') return words.because['short-calls'](countText(short));
  return words.because['answer-rate'](percentText(rate ?? 0));
}

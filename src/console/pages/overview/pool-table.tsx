import type { ReactNode } from 'react';
import { overview } from '../../../design/texts/console/overview.ts';
import { LANGUAGE } from '../../../design/texts/language.ts';
import { hrefOf } from '../../address.ts';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { countText, Nothing } from '../../parts/facts.tsx';
import { Failure, isToBeTold } from '../../parts/failure.tsx';
import { Meant } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import type { PoolFigure } from '../../reach/answers.ts';
import { usePool } from './figures.ts';

const { pool: words } = overview;
const COUNTRIES = new Intl.DisplayNames([LANGUAGE], { type: 'region' });
/** As the alert `pool.low` has it. */
const TIGHT = 0.2;

const COLUMNS: readonly TableColumn<PoolFigure>[] = [
  {
    name: words.country,
    cell: ({ country, subaccount }) => (
      <>
        {country === '' ? '–' : (COUNTRIES.of(country) ?? country)}
        {subaccount !== null && <span className="soft tiny"> {subaccount}</span>}
      </>
    ),
  },
  { name: words.state, cell: (figure) => <PoolState figure={figure} /> },
  { name: words.numbers, isFigure: true, cell: ({ available }) => countText(available) },
  { name: words.needed, isFigure: true, cell: ({ numbers_needed: needed }) => counted(needed) },
  { name: words.live, isFigure: true, cell: ({ live_sessions: live }) => counted(live) },
  { name: words.refused, isFigure: true, cell: ({ refusals_24h: refused }) => countText(refused) },
];

function counted(count: number | null): ReactNode {
  return count === null ? <Nothing /> : countText(count);
}

/** How large each pool is, and how large its live sessions want it to be. */
export function PoolTable() {
  const { body, error, again } = usePool();
  return (
    <Section
      title={words.title}
      level={2}
      end={
        <a className="small" href={hrefOf({ page: 'numbers' })}>
          {words.all}
        </a>
      }
    >
      {isToBeTold(error, body) && <Failure error={error} what={words.title} onAgain={again} />}
      {body === undefined && error === null && <Skeleton lines={4} />}
      {body?.items.length === 0 && <EmptyState what={words.empty} why={words.emptyWhy} />}
      {body !== undefined && body.items.length > 0 && (
        <>
          <Table
            name={words.title}
            columns={COLUMNS}
            rows={body.items}
            keyOf={({ account, subaccount, country }) => `${account} ${subaccount ?? ''} ${country}`}
          />
          <p className="tiny soft">{words.explain}</p>
        </>
      )}
    </Section>
  );
}

function PoolState({ figure: { headroom, available, refusals_24h: refused } }: { figure: PoolFigure }) {
  if (headroom === null) return <span className="soft">{words.unknown}</span>;
  if (headroom < 0 || refused > 0) return <Meant kind="failed">{words.short}</Meant>;
  if (headroom <= available * TIGHT) return <Meant kind="ringing">{words.tight}</Meant>;
  return <Meant kind="connected">{words.enough}</Meant>;
}

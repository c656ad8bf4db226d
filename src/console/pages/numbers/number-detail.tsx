import { BASE } from '../../../design/facts.ts';
import { Command } from '../../../design/small-parts.tsx';
import { numbers } from '../../../design/texts/console/numbers.ts';
import { hrefOf } from '../../address.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { Ago, countText, Fact, FactList, Id, Nothing, PoolNumber } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Detail, Section } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';
import { NumberDeeds } from './number-deeds.tsx';
import { NumberHealth } from './number-health.tsx';
import { Leads, NumberStatus, type Pooled } from './number-words.tsx';

const { detail: words } = numbers;

/** One number: what happens on it, whether it works, and what may be done with it. */
export function NumberDetail({ number }: { number: string }) {
  const path = `/numbers/${encodeURIComponent(number)}` as const;
  const { body, error, again } = useOne(path, {}, ['pool']);
  if (body === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : numbers.title}>
        {error === null ? <Skeleton lines={10} /> : <Failure error={error} what={numbers.title} onAgain={again} />}
      </Detail>
    );
  return (
    <Detail
      title={<PoolNumber number={body.number} isCopied />}
      under={
        <p>
          <NumberStatus status={body.status} />
        </p>
      }
      actions={<NumberDeeds number={body} />}
    >
      <Facts number={body} />
      <NumberHealth number={body} />
      <Section title={words.curl}>
        <Command
          text={`curl -s "${BASE}/admin/numbers/${body.number}" -H "Authorization: Bearer $ADMIN_TOKEN"`}
          what={words.curl}
          scrolls
        />
      </Section>
    </Detail>
  );
}

function Facts({ number: pooled }: { number: Pooled }) {
  const { number, leads_to: to, live_sessions: live, subaccount } = pooled;
  return (
    <div className="fact-group">
      <FactList>
        <Fact name={words.live}>
          <a href={hrefOf({ page: 'sessions', filters: { virtual_number: number, status: 'active' } })}>
            {live === null ? <Nothing /> : countText(live)}
          </a>
        </Fact>
        <Fact name={words.used}>
          <Ago at={pooled.last_used_at} />
        </Fact>
        <Fact name={words.leads}>
          <Leads to={to} />
        </Fact>
        <Fact name={words.application}>{pooled.application ?? <Nothing />}</Fact>
        <Fact name={words.alias}>{pooled.alias === '' ? <Nothing /> : pooled.alias}</Fact>
        <Fact name={words.account}>
          <Id id={pooled.account} what={words.account} />
        </Fact>
        {subaccount !== null && (
          <Fact name={words.subaccount}>
            <Id id={subaccount} what={words.subaccount} />
            {pooled.subaccount_known === false && <span className="soft"> {words.unknownSubaccount}</span>}
          </Fact>
        )}
      </FactList>
      <p className="small soft">{to === null ? numbers.notAsked : numbers.leadsWhy[to]}</p>
      <p className="ways small">
        <a href={hrefOf({ page: 'calls', filters: { virtual_number: number } })}>{words.ways.calls}</a>{' '}
        <a href={hrefOf({ page: 'sessions', filters: { virtual_number: number } })}>{words.ways.sessions}</a>
      </p>
    </div>
  );
}

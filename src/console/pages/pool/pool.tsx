import { pool as words } from '../../../design/texts/console/pool.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { Failure, isToBeTold } from '../../parts/failure.tsx';
import { PlainPage } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';
import { Forecasts } from './forecast.tsx';
import { Plan } from './plan.tsx';
import './pool.css';
import { PoolNow } from './pool-now.tsx';
import { Suspects } from './suspects.tsx';

/** Whether there are enough numbers: now, some day, and for what is planned. */
export default function PoolPage() {
  const { body, error, again } = useOne('/pool', {}, ['pool', 'session']);
  const accounts = [...new Set((body?.items ?? []).map(({ account }) => account))];
  return (
    <PlainPage title={words.title}>
      <p className="lead small soft">{words.lead}</p>
      {isToBeTold(error, body) && <Failure error={error} what={words.title} onAgain={again} />}
      {body === undefined && error === null && <Skeleton lines={6} />}
      {body !== undefined && (
        <>
          <PoolNow figures={body.items} asOf={body.as_of} />
          <Suspects accounts={accounts} />
          {accounts.map((account) => (
            <Forecasts key={account} account={account} isNamed={accounts.length > 1} />
          ))}
        </>
      )}
      <Plan figures={body?.items ?? []} />
    </PlainPage>
  );
}

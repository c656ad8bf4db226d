import { overview as words } from '../../../design/texts/console/overview.ts';
import { PlainPage } from '../../parts/page.tsx';
import { mayDo, useMe } from '../../reach/me.ts';
import { CallsByHour, CostByDay, OutcomesByHour } from './charts.tsx';
import { NeedsALook } from './needs-a-look.tsx';
import { TodaysOutcomes } from './outcomes.tsx';
import { PoolTable } from './pool-table.tsx';
import { Tiles } from './tiles.tsx';
import './overview.css';

/** What happens now and what became of today; each figure leads to the list behind it. Finance sees calls and money alone. */
export default function OverviewPage() {
  const isReader = mayDo(useMe(), ['viewer', 'support']);
  return (
    <PlainPage title={words.title}>
      <Tiles isReader={isReader} />
      {isReader && <NeedsALook />}
      <div className="halves">
        <section className="card padded">
          <CallsByHour />
        </section>
        <section className="card padded">
          <TodaysOutcomes />
        </section>
      </div>
      <div className="halves">
        <section className="card padded">
          <OutcomesByHour />
        </section>
        <section className="card padded">
          <CostByDay />
        </section>
      </div>
      {isReader && (
        <section className="card padded">
          <PoolTable />
        </section>
      )}
    </PlainPage>
  );
}

import { people as words } from '../../../design/texts/console/people.ts';
import { hrefOf } from '../../address.ts';
import type { Answer } from '../../api.ts';
import { Chip, type Meaning } from '../../../design/small-parts.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Exact, Fact, FactList, Id } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PageSection } from '../../parts/page-section.tsx';
import { useAgainWhile, useOne } from '../../parts/use-one.ts';
import { inWords, KINDS } from './counts.ts';

type Erasure = Answer<'get', '/admin/people/erasures/{id}'>;

const ASK_EVERY_MS = 2_000;
const MEANS: Readonly<Record<Erasure['status'], Meaning>> = { running: 'ringing', done: 'connected', failed: 'failed' };

/** How far an erasure is. Its address holds its id and no number. */
export function ErasureProgress({ id }: { id: string }) {
  const { body, error, again } = useOne(`/people/erasures/${encodeURIComponent(id)}`);
  useAgainWhile(body?.status === 'running', ASK_EVERY_MS, again);
  const { erasure } = words;
  return (
    <>
      {body === undefined && error === null && <Skeleton lines={8} />}
      {error !== null && <Failure error={error} what={erasure.title} onAgain={again} />}
      {body !== undefined && <Shown erasure={body} />}
      <p>
        <a className="button" href={hrefOf({ page: 'people' })}>
          {erasure.back}
        </a>
      </p>
    </>
  );
}

function Shown({
  erasure: { erasure_id: id, status, found, erased, waiting, asked_at: asked, finished_at: finished },
}: {
  erasure: Erasure;
}) {
  const { erasure } = words;
  const columns = erasure.columns;
  return (
    <PageSection
      title={erasure.title}
      end={
        <span role="status">
          <Chip kind={MEANS[status]}>{erasure[status]}</Chip>
        </span>
      }
    >
      <FactList>
        <Fact name={erasure.asked}>
          <Exact at={asked} />
        </Fact>
        <Fact name={erasure.finished}>
          <Exact at={finished} />
        </Fact>
        <Fact name={erasure.id}>
          <Id id={id} what={erasure.id} />
        </Fact>
      </FactList>
      <table className="plain small counts">
        <thead>
          <tr>
            <th scope="col">{columns.kind}</th>
            <th scope="col" className="figures">
              {columns.found}
            </th>
            <th scope="col" className="figures">
              {columns.erased}
            </th>
          </tr>
        </thead>
        <tbody>
          {KINDS.map((kind) => (
            <tr key={kind}>
              <th scope="row">{words.counts[kind]}</th>
              <td className="figures">{countText(found[kind])}</td>
              <td className="figures">{countText(erased[kind])}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {waiting !== null && <p className="small">{erasure.waits(inWords(waiting))}</p>}
      <p className="soft small">{erasure.keep}</p>
    </PageSection>
  );
}

import { calls } from '../../../design/texts/console/calls.ts';
import { hrefOf } from '../../address.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { useOne } from '../../parts/use-one.ts';

const { detail: words } = calls;

/** What its session's timeline tells of this call. */
export function CallStory({ callId, session }: { callId: string; session: string }) {
  const { body, error, again } = useOne(`/sessions/${session}`, {}, ['call']);
  return (
    <Section
      title={words.happened}
      end={
        <a className="small" href={hrefOf({ page: 'sessions', id: session })}>
          {words.whole}
        </a>
      }
    >
      {body !== undefined && <Timeline entries={body.timeline.filter(({ call_id: id }) => id === callId)} />}
      {body === undefined && error === null && <Skeleton lines={3} />}
      {error !== null && <Failure error={error} what={words.happened} onAgain={again} />}
    </Section>
  );
}

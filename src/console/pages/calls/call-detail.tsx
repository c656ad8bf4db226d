import { Command } from '../../../design/small-parts.tsx';
import { BASE } from '../../../design/facts.ts';
import { duration } from '../../../design/format.ts';
import { calls } from '../../../design/texts/console/calls.ts';
import { hrefOf } from '../../address.ts';
import { exactly, useZone } from '../../parts/clock.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { Exact, Fact, FactList, Id, Money, Party, PoolNumber, shortId } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { OutcomeWord, whyOf } from '../../parts/outcome.tsx';
import { Detail, Section } from '../../parts/page.tsx';
import { RevealButton, revealQuery, useReveal } from '../../parts/reveal.tsx';
import { useOne } from '../../parts/use-one.ts';
import { mayDo, useMe } from '../../reach/me.ts';
import type { Call } from '../../reach/answers.ts';
import { CallStory } from './call-story.tsx';
import { LegBars, LegTable } from './legs.tsx';

const { detail: words } = calls;

/** One call: what became of it, in words first, then its lines, then everything that happened. */
export function CallDetail({ id }: { id: string }) {
  const [shown, reveal] = useReveal(id);
  const chosen = useZone();
  const { body: call, error, again } = useOne(`/calls/${id}`, revealQuery(shown), ['call']);
  if (call === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : calls.title}>
        {error === null ? <Skeleton lines={14} /> : <Failure error={error} what={calls.title} onAgain={again} />}
      </Detail>
    );
  const talked = call.legs.find(({ side }) => side === 'B')?.duration_seconds ?? null;
  return (
    <Detail
      title={words.title(exactly(new Date(call.started_at), chosen))}
      under={
        <p>
          <OutcomeWord outcome={call.outcome} />{' '}
          <span>{call.outcome === 'connected' && talked !== null ? duration(talked) : whyOf(call.reason)}</span>
          {call.amount !== null && (
            <>
              {' · '}
              <Money amount={call.amount} currency={call.currency} />
              {Number(call.fees) > 0 && <span className="soft small"> {words.ownFees(call.fees ?? '')}</span>}
            </>
          )}
          {call.direction === 'requested' && <span className="soft small"> {words.asked}</span>}
        </p>
      }
      actions={<RevealButton shown={shown} onReveal={reveal} />}
    >
      <Facts call={call} />
      <Section title={words.lines}>
        <LegBars call={call} />
        <LegTable call={call} />
      </Section>
      <Story call={call} />
      <Section title={words.curl}>
        <Command
          text={`curl -s "${BASE}/admin/calls/${call.call_id}" -H "Authorization: Bearer $ADMIN_TOKEN"`}
          what={words.curl}
          scrolls
        />
      </Section>
    </Detail>
  );
}

/** Sessions are of people, whom finance does not see. */
function Story({ call }: { call: Call }) {
  const me = useMe();
  if (call.session_uuid === null || !mayDo(me, ['viewer', 'support'])) return null;
  return <CallStory callId={call.call_id} session={call.session_uuid} />;
}

/** Who may not see sessions can hand on the id of one. */
function SessionOfCall({ session }: { session: string | null }) {
  const isReader = mayDo(useMe(), ['viewer', 'support']);
  if (session === null) return <span className="soft">{words.noSession}</span>;
  if (!isReader) return <Id id={session} what={words.session} />;
  return (
    <a href={hrefOf({ page: 'sessions', id: session })}>
      <code title={session}>{shortId(session)}</code>
    </a>
  );
}

function Facts({ call }: { call: Call }) {
  const { caller, dialled, virtual_number: via, session_uuid: session } = call;
  return (
    <FactList>
      <Fact name={words.caller}>
        <Party number={caller} />
      </Fact>
      <Fact name={words.virtual}>
        <PoolNumber number={via} isCopied />
      </Fact>
      {dialled !== null && (
        <Fact name={words.dialled}>
          <Party number={dialled} />
        </Fact>
      )}
      <Fact name={words.ended}>{call.ended_at === null ? words.running : <Exact at={call.ended_at} />}</Fact>
      <Fact name={words.session}>
        <SessionOfCall session={session} />
      </Fact>
      <Fact name={words.account}>
        <Id id={call.account} what={words.account} />
      </Fact>
      <Fact name={words.id}>
        <Id id={call.call_id} what={words.id} />
      </Fact>
    </FactList>
  );
}

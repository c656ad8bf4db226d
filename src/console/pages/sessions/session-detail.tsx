import { BASE } from '../../../design/facts.ts';
import { duration } from '../../../design/format.ts';
import { Command } from '../../../design/small-parts.tsx';
import { sessions } from '../../../design/texts/console/sessions.ts';
import { hrefOf } from '../../address.ts';
import { exactly, useSeconds, useZone } from '../../parts/clock.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { Ago, countText, Exact, Fact, FactList, Id, Money, Nothing, PoolNumber } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Detail, Section } from '../../parts/page.tsx';
import { RevealButton, revealQuery, useReveal } from '../../parts/reveal.tsx';
import { Timeline } from '../../parts/timeline.tsx';
import { useOne } from '../../parts/use-one.ts';
import type { SessionWithTimeline } from '../../reach/answers.ts';
import { Ordered } from './ordered.tsx';
import { SessionDeeds } from './session-deeds.tsx';
import { SeatedParty, SessionStatus } from './seats.tsx';
import { TextsOfSession } from './texts-of-session.tsx';

const { detail: words } = sessions;

/** One session: who is masked behind which number, until when, and everything that happened in it. */
export function SessionDetail({ id }: { id: string }) {
  const [shown, reveal] = useReveal(id);
  const chosen = useZone();
  const { body: session, error, again } = useOne(`/sessions/${id}`, revealQuery(shown), ['session', 'call']);
  if (session === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : sessions.title}>
        {error === null ? <Skeleton lines={14} /> : <Failure error={error} what={sessions.title} onAgain={again} />}
      </Detail>
    );
  return (
    <Detail
      title={words.title(exactly(new Date(session.created_time), chosen))}
      under={
        <p>
          <SessionStatus status={session.status} /> <Until session={session} />
        </p>
      }
      actions={
        <>
          <RevealButton shown={shown} onReveal={reveal} />
          <SessionDeeds session={session} />
        </>
      }
    >
      <Facts session={session} />
      <Happened session={session} />
      <TextsOfSession id={id} shown={shown} />
      <Section title={words.settings}>
        <Ordered session={session} />
      </Section>
      <Section title={words.curl}>
        <Command
          text={`curl -s "${BASE}/admin/sessions/${id}" -H "Authorization: Bearer $ADMIN_TOKEN"`}
          what={words.curl}
          scrolls
        />
      </Section>
    </Detail>
  );
}

function Happened({ session: { session_uuid: id, timeline } }: { session: SessionWithTimeline }) {
  return (
    <Section
      title={words.happened}
      end={
        <span className="ways small">
          <a href={hrefOf({ page: 'calls', filters: { session: id } })}>{words.allCalls}</a>
          <a href={hrefOf({ page: 'callbacks', filters: { session: id } })}>{words.allCallbacks}</a>
        </span>
      }
    >
      <Timeline
        entries={timeline}
        link={(call) => (
          <a className="small" href={hrefOf({ page: 'calls', id: call })}>
            {words.toCall}
          </a>
        )}
      />
    </Section>
  );
}

/** How long it still lasts, counting down. */
function Until({ session: { status, expiry_time: at } }: { session: SessionWithTimeline }) {
  const isLive = status !== 'expired';
  const now = useSeconds(isLive && at !== null);
  if (at === null) return <span className="soft">{words.endless}</span>;
  if (!isLive) return <Ago at={at} />;
  return <span className="soft figures">{words.left(duration((Date.parse(at) - now) / 1000))}</span>;
}

function Facts({ session }: { session: SessionWithTimeline }) {
  const isOver = session.status === 'expired';
  return (
    <FactList>
      <Fact name={words.first}>
        <SeatedParty number={session.first_party} />
      </Fact>
      <Fact name={words.virtual}>
        <PoolNumber number={session.virtual_number} isCopied />
      </Fact>
      <Fact name={words.second}>
        <SeatedParty number={session.second_party} />
      </Fact>
      <Fact name={words.opened}>
        <Exact at={session.created_time} />
        {session.renewals > 0 && <span className="soft small"> {words.renewed(countText(session.renewals))}</span>}
      </Fact>
      <Fact name={isOver ? words.endedAt : words.ends}>
        {session.expiry_time === null ? words.endless : <Exact at={session.expiry_time} />}
      </Fact>
      <Fact name={words.talk}>
        <Exact at={session.last_interaction_time} />
      </Fact>
      <Fact name={words.calls}>
        <a href={hrefOf({ page: 'calls', filters: { session: session.session_uuid } })}>
          {countText(session.interaction?.length ?? 0)}
        </a>
      </Fact>
      <Fact name={words.cost}>
        <Money amount={session.total_session_amount} currency={session.currency} />
      </Fact>
      <Fact name={words.account}>
        <Id id={session.account} what={words.account} />
      </Fact>
      {session.subaccount !== undefined && (
        <Fact name={words.subaccount}>
          <Id id={session.subaccount} what={words.subaccount} />
        </Fact>
      )}
      <Fact name={words.id}>
        {session.session_uuid === '' ? <Nothing /> : <Id id={session.session_uuid} what={words.id} />}
      </Fact>
    </FactList>
  );
}

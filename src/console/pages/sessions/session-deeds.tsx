import { duration } from '../../../design/format.ts';
import { sessions } from '../../../design/texts/console/sessions.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Choice, FormDeed, typedIn } from '../../parts/form.tsx';
import { useChange } from '../../parts/use-change.ts';
import type { SessionWithTimeline } from '../../reach/answers.ts';

const { detail: words } = sessions;
const HOUR = 3600;
const SPANS = [HOUR, 4 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR];

/** What may be done with a session while it lives. */
export function SessionDeeds({ session }: { session: SessionWithTimeline }) {
  if (session.status === 'expired') return null;
  return (
    <>
      {session.expiry_time !== null && <Extend id={session.session_uuid} />}
      <End id={session.session_uuid} />
    </>
  );
}

/** From now on; the service refuses what would end it earlier. */
function Extend({ id }: { id: string }) {
  const change = useChange();
  return (
    <FormDeed
      name={words.extendDeed}
      lead={words.extendConsequence}
      roles={['support']}
      run={async (given) => {
        const seconds = Number(typedIn(given, 'session_expiry'));
        await change({
          method: 'POST',
          path: `/sessions/${id}/extend`,
          body: { session_expiry: seconds },
          said: words.extendSaid(duration(seconds)),
          changes: ['sessions', 'numbers'],
        });
        return null;
      }}
    >
      <Choice
        name="session_expiry"
        label={words.extendFor}
        defaultValue={String(24 * HOUR)}
        options={SPANS.map((seconds) => [String(seconds), duration(seconds)] as const)}
      />
    </FormDeed>
  );
}

function End({ id }: { id: string }) {
  const change = useChange();
  return (
    <ConfirmedDeed
      name={words.endDeed}
      consequence={<p>{words.endConsequence}</p>}
      typed={id.slice(-4)}
      roles={['support']}
      run={() =>
        change({ method: 'POST', path: `/sessions/${id}/end`, said: words.endSaid, changes: ['sessions', 'numbers'] })
      }
    />
  );
}

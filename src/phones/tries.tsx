import { duration } from '../design/format.ts';
import { Chip } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import type { Deeds } from './deeds.ts';
import { mayText } from './text-session.ts';
import { useScene } from './use-scene.ts';

const { tries: words, ahead } = texts.inspector;

type Try = Exclude<keyof typeof words, 'title' | 'lead' | 'governs'>;

const TRIES: readonly { id: Try; key: string; needsSession: boolean; run: (deeds: Deeds) => Promise<boolean> }[] = [
  { id: 'expire', key: 'E', needsSession: true, run: (deeds) => deeds.expire() },
  { id: 'pool', key: 'U', needsSession: false, run: (deeds) => deeds.usePool() },
  { id: 'lose', key: 'L', needsSession: false, run: (deeds) => deeds.loseWebhook() },
  { id: 'database', key: 'G', needsSession: true, run: (deeds) => deeds.databaseAway() },
  { id: 'pass', key: 'T', needsSession: false, run: (deeds) => deeds.letPass() },
  { id: 'spellings', key: 'X', needsSession: false, run: (deeds) => deeds.spellings() },
  { id: 'pin', key: 'P', needsSession: false, run: (deeds) => deeds.pinSession() },
  { id: 'textStop', key: 'O', needsSession: true, run: (deeds) => deeds.optOut() },
  { id: 'textLost', key: 'K', needsSession: true, run: (deeds) => deeds.tryText('textLost') },
  { id: 'textLate', key: 'Y', needsSession: true, run: (deeds) => deeds.tryText('textLate') },
  { id: 'textTwice', key: 'B', needsSession: true, run: (deeds) => deeds.tryText('textTwice') },
  { id: 'textUnknown', key: 'Q', needsSession: true, run: (deeds) => deeds.tryText('textUnknown') },
];

/** What goes wrong in a service's life, one press each. What came of the last stands below its own button. */
export function Tries() {
  const { state, deeds } = useScene();
  const { outcome, clock } = state;
  const isReady = state.account !== null && state.account !== 'asking';
  return (
    <section className="tries card" aria-labelledby="tries">
      <header>
        <h2 id="tries">{words.title}</h2>
        <p className="soft small">{words.lead}</p>
        {state.session !== null && !mayText(state) && <p className="soft small">{texts.phones.message.off}</p>}
        {clock !== null && clock.ahead_seconds > 0 && (
          <Chip kind="ringing">{ahead(duration(clock.ahead_seconds))}</Chip>
        )}
      </header>
      <ul>
        {TRIES.map(({ id, key, needsSession, run }) => (
          <li key={id}>
            <button
              type="button"
              className="button"
              disabled={
                !isReady || (needsSession && state.session === null) || (id.startsWith('text') && !mayText(state))
              }
              title={needsSession && state.session === null ? texts.phones.phone.needsSession : undefined}
              onClick={() => void run(deeds)}
            >
              {words[id].name}
              <kbd aria-hidden="true">{key}</kbd>
            </button>
            <p className="soft small">{words[id].text}</p>
            {outcome?.name === words[id].name && (
              <div className="outcome small" role="status">
                <p>{outcome.words}</p>
                <p className="soft">
                  {words.governs}: <code>{words[id].governs}</code>
                </p>
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

import { Command, CopyButton } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import { useScene } from './use-scene.ts';

const { deed: words } = texts.phones;

/** The last deed as a terminal would do it, and what it was refused with. */
export function LastDeed() {
  const { told } = useScene().state;
  return (
    <section className="last-deed" aria-labelledby="last-deed">
      <h2 id="last-deed" className="small">
        {words.last}
      </h2>
      <div role="alert">
        {told !== null && told.failure !== null && (
          <p className="failure small">
            <strong>{words.failed(told.name)}.</strong> {told.failure.words}. {words.tryAgain}
            {told.failure.requestId !== null && (
              <span className="soft">
                {' '}
                {words.request} <code>{told.failure.requestId}</code>
                <CopyButton text={told.failure.requestId} what={words.request} />
              </span>
            )}
          </p>
        )}
      </div>
      {told === null || told.commands.length === 0 ? (
        <p className="soft small">{words.none}</p>
      ) : (
        <Command text={told.commands.join('\n')} what={words.curl} scrolls />
      )}
    </section>
  );
}

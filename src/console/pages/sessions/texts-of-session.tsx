import { texts as words } from '../../../design/texts/console/texts.ts';
import { api } from '../../api.ts';
import { countText, Exact, Money, Party } from '../../parts/facts.tsx';
import { exactly, useZone } from '../../parts/clock.ts';
import { Field, FormDeed, typedIn } from '../../parts/form.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { revealQuery, type Reveal } from '../../parts/reveal.tsx';
import { useOne } from '../../parts/use-one.ts';

const SHOWN = 50;

/** Texts of a session, without a word of them; nothing at all where there was none. */
export function TextsOfSession({ id, shown }: { id: string; shown: Reveal | null }) {
  const { body, error, again } = useOne('/messages', { session: id, limit: SHOWN, ...revealQuery(shown) }, ['session']);
  if (error !== null) return <Failure error={error} what={words.title} onAgain={again} />;
  if (body === undefined || body.items.length === 0) return null;
  return (
    <Section title={words.title}>
      <div className="scrolls" tabIndex={0} role="region" aria-label={words.title}>
        <table className="plain small stacks">
          <thead>
            <tr>
              {[words.when, words.who, words.state, words.words].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col" className="figures">
                {words.units}
              </th>
              <th scope="col" className="figures">
                {words.cost}
              </th>
            </tr>
          </thead>
          <tbody>
            {body.items.map(({ id: text, received_at: at, sender, state, reason, has_text: isKept, units, amount }) => (
              <tr key={text}>
                <td data-name={words.when}>
                  <Exact at={at} />
                </td>
                <td data-name={words.who}>
                  {sender === null ? <span className="soft">{words.nobody}</span> : <Party number={sender} />}
                </td>
                <td data-name={words.state}>
                  {words.states[state]}
                  {reason !== null && <span className="soft"> {words.reasons[reason] ?? reason}</span>}
                </td>
                <td data-name={words.words}>
                  {isKept ? <Words id={text} at={at} /> : <span className="soft">{words.deleted}</span>}
                </td>
                <td data-name={words.units} className="figures">
                  {countText(units)}
                </td>
                <td data-name={words.cost} className="figures">
                  <Money amount={amount} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft tiny">{words.kept}</p>
      {body.next_cursor !== null && <p className="soft tiny">{words.more(SHOWN)}</p>}
    </Section>
  );
}

/** Shown in a dialog and kept nowhere: what is closed is gone from the page. */
function Words({ id, at }: { id: string; at: string | null }) {
  const chosen = useZone();
  const { read } = words;
  return (
    <FormDeed
      name={read.name}
      label={read.of(at === null ? '' : exactly(new Date(at), chosen))}
      roles={['support']}
      lead={read.lead}
      done={read.done}
      run={async (given) => {
        const purpose = typedIn(given, 'purpose') ?? '';
        const { text } = await api('get', '/admin/messages/{id}/text', { path: { id }, query: { purpose } });
        return (
          <>
            <blockquote className="words">{text}</blockquote>
            <p className="soft tiny">{read.masked}</p>
          </>
        );
      }}
    >
      <Field name="purpose" label={read.purpose} placeholder={read.example} isRequired maxLength={200} />
    </FormDeed>
  );
}

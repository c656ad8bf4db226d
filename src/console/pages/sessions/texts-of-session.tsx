import { texts as words } from '../../../design/texts/console/texts.ts';
import { api } from '../../api.ts';
import { Ago, countText, Money, Party } from '../../parts/facts.tsx';
import type { RowAt } from '../../reach/answers.ts';
import { exactly, useZone } from '../../parts/clock.ts';
import { Field, FormDeed, typedIn } from '../../parts/form.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { revealQuery, type Reveal } from '../../parts/reveal.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import { useOne } from '../../parts/use-one.ts';

const SHOWN = 50;

const COLUMNS: readonly TableColumn<RowAt<'/messages'>>[] = [
  { name: words.when, className: 'nowrap', cell: ({ received_at: at }) => <Ago at={at} /> },
  {
    name: words.who,
    cell: ({ sender }) => (sender === null ? <span className="soft">{words.nobody}</span> : <Party number={sender} />),
  },
  {
    name: words.state,
    cell: ({ state, reason }) => (
      <>
        {words.states[state]}
        {reason !== null && <span className="soft"> {words.reasons[reason] ?? reason}</span>}
      </>
    ),
  },
  {
    name: words.words,
    cell: ({ id, received_at: at, has_text: isKept }) =>
      isKept ? <Words id={id} at={at} /> : <span className="soft">{words.deleted}</span>,
  },
  { name: words.units, isFigure: true, cell: ({ units }) => countText(units) },
  { name: words.cost, isFigure: true, cell: ({ amount }) => <Money amount={amount} /> },
];

/** Texts of a session, without a word of them; nothing at all where there was none. */
export function TextsOfSession({ id, shown }: { id: string; shown: Reveal | null }) {
  const { body, error, again } = useOne('/messages', { session: id, limit: SHOWN, ...revealQuery(shown) }, ['session']);
  if (error !== null) return <Failure error={error} what={words.title} onAgain={again} />;
  if (body === undefined || body.items.length === 0) return null;
  return (
    <Section title={words.title}>
      <Table name={words.title} columns={COLUMNS} rows={body.items} keyOf={({ id: text }) => text} />
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

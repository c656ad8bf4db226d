import { operators as words } from '../../../design/texts/console/operators.ts';
import { api, type Answer } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { Ago, Exact, Nothing } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Choice, Field, FormDeed, ShownOnce, typedIn } from '../../parts/form.tsx';
import { PlainPage } from '../../parts/page.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import { tell } from '../../parts/toasts.tsx';
import { useOne } from '../../parts/use-one.ts';

type Operator = Answer<'get', '/admin/operators'>['items'][number];
type Role = Operator['role'];

const OF_SETTINGS = 'admin';
const ROLES: readonly Role[] = ['viewer', 'support', 'finance', 'admin'];
const NOBODY_ELSE = [] as const;
/** There are never more, and with who holds ADMIN_TOKEN they make one page. */
const ALL = { limit: 200 };

export default function OperatorsPage() {
  const { body, error, again } = useOne('/operators', ALL);
  const deeds: TableColumn<Operator> = {
    name: names.deeds,
    isDeeds: true,
    cell: (operator) => <Deeds operator={operator} onDone={again} />,
  };
  return (
    <PlainPage title={words.title} end={<Add onDone={again} />}>
      <p className="soft lead">{words.lead}</p>
      {body === undefined && error === null && <Skeleton lines={6} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined && body.items.length === 1 && <EmptyState {...words.alone} />}
      {body !== undefined && (
        <Table name={words.title} columns={[...COLUMNS, deeds]} rows={body.items} keyOf={({ id }) => id} />
      )}
    </PlainPage>
  );
}

const { columns: names } = words;
const COLUMNS: readonly TableColumn<Operator>[] = [
  { name: names.name, cell: ({ name }) => <strong>{name}</strong> },
  { name: names.role, cell: ({ role }) => role },
  {
    name: names.used,
    cell: ({ id, last_used_at: used }) =>
      used === null && id !== OF_SETTINGS ? <span className="soft">{words.never}</span> : <Ago at={used} />,
  },
  { name: names.since, cell: ({ created_at: since }) => <Ago at={since} /> },
  {
    name: names.token,
    cell: ({ former_token_until: until }) =>
      until === null ? (
        <Nothing />
      ) : (
        <span>
          {words.opensUntil} <Exact at={until} />
        </span>
      ),
  },
];

function Deeds({ operator, onDone }: { operator: Operator; onDone: () => void }) {
  const { id, name } = operator;
  if (id === OF_SETTINGS) return <span className="soft">{words.ofSettings}</span>;
  return (
    <>
      <Rotate operator={operator} onDone={onDone} />
      <ConfirmedDeed
        name={words.remove.name}
        consequence={words.remove.consequence(name)}
        typed={name}
        roles={NOBODY_ELSE}
        run={async () => {
          await api('delete', '/admin/operators/{id}', { path: { id } });
          tell(words.remove.done(name));
          onDone();
        }}
      />
    </>
  );
}

function Add({ onDone }: { onDone: () => void }) {
  const { add } = words;
  return (
    <FormDeed
      name={add.name}
      roles={NOBODY_ELSE}
      isMain
      lead={add.lead}
      run={async (given) => {
        const role = (typedIn(given, 'role') ?? 'viewer') as Role;
        const made = await api('post', '/admin/operators', { body: { name: typedIn(given, 'name') ?? '', role } });
        onDone();
        return (
          <>
            <p>{add.made(made.name)}</p>
            <ShownOnce text={made.token} what={add.token} lost={add.lost} />
          </>
        );
      }}
    >
      <Field name="name" label={add.field} hint={add.hint} isRequired maxLength={60} />
      <Choice name="role" label={add.role} options={ROLES.map((role) => [role, words.roles[role]] as const)} />
    </FormDeed>
  );
}

function Rotate({ operator: { id, name }, onDone }: { operator: Operator; onDone: () => void }) {
  const { rotate } = words;
  return (
    <FormDeed
      name={rotate.name}
      roles={NOBODY_ELSE}
      lead={`${rotate.title(name)}. ${rotate.lead}`}
      run={async (given) => {
        const body = { overlap_seconds: Number(typedIn(given, 'overlap') ?? 0) };
        const made = await api('post', '/admin/operators/{id}/rotate', { path: { id }, body });
        onDone();
        return (
          <>
            <p>{words.add.made(made.name)}</p>
            <ShownOnce text={made.token} what={words.add.token} lost={rotate.lost} />
          </>
        );
      }}
    >
      <Choice name="overlap" label={rotate.overlap} options={rotate.overlaps} hint={rotate.hint} />
    </FormDeed>
  );
}

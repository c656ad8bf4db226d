import { accounts } from '../../../design/texts/console/accounts.ts';
import { api } from '../../api.ts';
import type { RowAt } from '../../reach/answers.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { Ago } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FormDeed, ShownOnce } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import { tell } from '../../parts/toasts.tsx';
import { useOne } from '../../parts/use-one.ts';

const { tokens: words } = accounts;

/** Of an account or a subaccount. */
export function Tokens({ ownerId }: { ownerId: string }) {
  const { body, error, again } = useOne(`/accounts/${ownerId}/tokens`);
  const { columns: names } = words;
  const columns: readonly TableColumn<RowAt<`/accounts/${string}/tokens`>>[] = [
    { name: names.id, cell: ({ id }) => <code title={id}>{id.slice(0, 8)}</code> },
    { name: names.origin, cell: ({ origin }) => origin },
    { name: names.since, cell: ({ created_at: since }) => <Ago at={since} /> },
    {
      name: names.deeds,
      isDeeds: true,
      cell: ({ id }) => (
        <ConfirmedDeed
          name={words.revoke}
          consequence={words.consequence}
          typed={id.slice(0, 8)}
          roles={[]}
          run={async () => {
            const at = { auth_id: ownerId, id };
            await api('delete', '/admin/accounts/{auth_id}/tokens/{id}', { path: at });
            tell(words.done);
            again();
          }}
        />
      ),
    },
  ];
  return (
    <Section title={words.title} end={<Issue ownerId={ownerId} onDone={again} />}>
      <p className="soft small">{words.lead}</p>
      {body === undefined && error === null && <Skeleton lines={2} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined && <Table name={words.title} columns={columns} rows={body.items} keyOf={({ id }) => id} />}
    </Section>
  );
}

function Issue({ ownerId, onDone }: { ownerId: string; onDone: () => void }) {
  return (
    <FormDeed
      name={words.issue}
      roles={[]}
      lead={words.issueLead}
      run={async () => {
        const made = await api('post', '/admin/accounts/{auth_id}/tokens', { path: { auth_id: ownerId } });
        onDone();
        return (
          <>
            <p>{words.made}</p>
            <ShownOnce text={made.auth_token} what={words.token} lost={words.lost} />
          </>
        );
      }}
    >
      {null}
    </FormDeed>
  );
}

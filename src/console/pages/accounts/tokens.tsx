import { accounts } from '../../../design/texts/console/accounts.ts';
import { api } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { Ago } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FormDeed, ShownOnce } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { tell } from '../../parts/toasts.tsx';
import { useOne } from '../../parts/use-one.ts';

const { tokens: words } = accounts;

/** Of an account or a subaccount. */
export function Tokens({ ownerId }: { ownerId: string }) {
  const { body, error, again } = useOne(`/accounts/${ownerId}/tokens`);
  const { columns } = words;
  return (
    <Section title={words.title} end={<Issue ownerId={ownerId} onDone={again} />}>
      <p className="soft small">{words.lead}</p>
      {body === undefined && error === null && <Skeleton lines={2} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined && (
        <table className="plain small">
          <thead>
            <tr>
              <th scope="col">{columns.id}</th>
              <th scope="col">{columns.origin}</th>
              <th scope="col">{columns.since}</th>
              <th scope="col">
                <span className="unseen">{columns.deeds}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {body.items.map(({ id, origin, created_at: since }) => (
              <tr key={id}>
                <th scope="row">
                  <code title={id}>{id.slice(0, 8)}</code>
                </th>
                <td>{origin}</td>
                <td>
                  <Ago at={since} />
                </td>
                <td className="deeds">
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
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
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

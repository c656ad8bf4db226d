import { accounts } from '../../../design/texts/console/accounts.ts';
import { api } from '../../api.ts';
import { Field, FormDeed, ShownOnce, typedIn } from '../../parts/form.tsx';

const { add: words } = accounts;

export function AddAccount({ onDone }: { onDone: () => void }) {
  return (
    <FormDeed
      name={words.name}
      roles={[]}
      isMain
      lead={words.lead}
      run={async (given) => {
        const own = typedIn(given, 'auth_id');
        const made = await api('post', '/admin/accounts', {
          body: {
            name: typedIn(given, 'name') ?? '',
            plivo_auth_id: typedIn(given, 'plivo_auth_id') ?? '',
            plivo_auth_token: typedIn(given, 'plivo_auth_token') ?? '',
            ...(own !== null && { auth_id: own }),
          },
        });
        onDone();
        return (
          <>
            <p>
              {words.made(made.name)} <code>{made.auth_id}</code>
            </p>
            <ShownOnce text={made.auth_token} what={words.token} lost={words.lost} />
          </>
        );
      }}
    >
      <Field name="name" label={words.field} isRequired maxLength={100} />
      <Field name="plivo_auth_id" label={words.plivoId} isRequired maxLength={64} />
      <Field name="plivo_auth_token" label={words.plivoToken} hint={words.plivoTokenHint} isRequired isSecret />
      <Field name="auth_id" label={words.own} hint={words.ownHint} maxLength={20} />
    </FormDeed>
  );
}

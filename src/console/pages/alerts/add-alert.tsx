import { alerts } from '../../../design/texts/console/alerts.ts';
import { api, type Answer } from '../../api.ts';
import { Choice, Choices, Field, FormDeed, ShownOnce, typedIn } from '../../parts/form.tsx';
import { useOne } from '../../parts/use-one.ts';

const { add: words } = alerts;
const ADMIN_ALONE = [] as const;

type Event = Answer<'get', '/admin/subscriptions'>['items'][number]['events'][number];

export function AddAlert({ onDone }: { onDone: () => void }) {
  const { body } = useOne('/accounts', { limit: 200 });
  const accounts = body?.items ?? [];
  return (
    <FormDeed
      name={words.name}
      roles={ADMIN_ALONE}
      isMain
      lead={words.lead}
      run={async (given) => {
        const events = given.getAll('events') as Event[];
        const account = typedIn(given, 'account');
        if (events.length === 0) throw new Error(words.none);
        const made = await api('post', '/admin/subscriptions', {
          body: { url: typedIn(given, 'url') ?? '', events, ...(account !== null && { account }) },
        });
        onDone();
        return (
          <>
            <p>{words.made}</p>
            <ShownOnce text={made.secret} what={words.secret} lost={words.lost} />
          </>
        );
      }}
    >
      <Field name="url" label={words.url} hint={words.urlHint} isRequired maxLength={1000} inputMode="url" />
      <Choices name="events" label={words.what} options={Object.entries(alerts.events)} />
      {accounts.length > 1 && (
        <Choice
          name="account"
          label={words.account}
          options={[['', words.everybody], ...accounts.map(({ auth_id: id, name }) => [id, name] as const)]}
        />
      )}
    </FormDeed>
  );
}

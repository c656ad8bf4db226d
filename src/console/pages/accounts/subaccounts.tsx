import { accounts } from '../../../design/texts/console/accounts.ts';
import { api } from '../../api.ts';
import { Ago, Id } from '../../parts/facts.tsx';
import { Choice, Field, FormDeed, ShownOnce, typedIn } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import type { Account } from './account.ts';

const { subaccounts: words } = accounts;

export function Subaccounts({ account, onDone }: { account: Account; onDone: () => void }) {
  const { subaccounts, auth_id: id } = account;
  const { columns: names } = words;
  const columns: readonly TableColumn<Subaccount>[] = [
    {
      name: names.name,
      // Beside a list there is no room for columns of these.
      cell: ({ name, auth_id: own, created_at: since }) => (
        <>
          {name} <Id id={own} what={names.id} />
          <span className="tiny soft">
            {names.since} <Ago at={since} />
          </span>
        </>
      ),
    },
    { name: names.plivo, cell: ({ has_plivo_token: isAtPlivo }) => (isAtPlivo ? words.atPlivo : words.ours) },
    {
      name: names.texts,
      cell: (one) => (
        <>
          {words.texts[wordOf(one.messaging_default)]} <Texts accountId={id} subaccount={one} onDone={onDone} />
        </>
      ),
    },
  ];
  return (
    <Section title={words.title} end={<Add accountId={id} onDone={onDone} />}>
      {subaccounts.length === 0 ? (
        <p className="soft small">{words.none}</p>
      ) : (
        <Table name={words.title} columns={columns} rows={subaccounts} keyOf={({ auth_id: own }) => own} />
      )}
    </Section>
  );
}

type Subaccount = Account['subaccounts'][number];
type TextDefault = keyof typeof words.texts;

function wordOf(isDefault: boolean | null): TextDefault {
  if (isDefault === null) return 'inherited';
  return isDefault ? 'yes' : 'no';
}

function Texts({ accountId, subaccount, onDone }: { accountId: string; subaccount: Subaccount; onDone: () => void }) {
  const choices = Object.entries(words.texts);
  return (
    <FormDeed
      name={words.change}
      label={words.changeOf(subaccount.name)}
      roles={[]}
      lead={words.changeLead}
      run={async (given) => {
        const chosen = typedIn(given, 'messaging_default');
        await api('patch', '/admin/accounts/{auth_id}/subaccounts/{subaccount}', {
          path: { auth_id: accountId, subaccount: subaccount.auth_id },
          body: { messaging_default: chosen === 'inherited' ? null : chosen === 'yes' },
        });
        onDone();
        return null;
      }}
    >
      <Choice
        name="messaging_default"
        label={words.columns.texts}
        options={choices}
        defaultValue={wordOf(subaccount.messaging_default)}
      />
    </FormDeed>
  );
}

function Add({ accountId, onDone }: { accountId: string; onDone: () => void }) {
  return (
    <FormDeed
      name={words.add}
      roles={[]}
      lead={words.addLead}
      run={async (given) => {
        const [own, token] = [typedIn(given, 'auth_id'), typedIn(given, 'plivo_auth_token')];
        const made = await api('post', '/admin/accounts/{auth_id}/subaccounts', {
          path: { auth_id: accountId },
          body: {
            name: typedIn(given, 'name') ?? '',
            ...(own !== null && { auth_id: own }),
            ...(token !== null && { plivo_auth_token: token }),
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
      <Field name="auth_id" label={words.id} hint={words.idHint} maxLength={20} />
      <Field name="plivo_auth_token" label={words.plivoToken} isSecret />
    </FormDeed>
  );
}

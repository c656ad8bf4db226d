import { accounts as words } from '../../../design/texts/console/accounts.ts';
import { go } from '../../address.ts';
import { api } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { Exact, Fact, FactList, Id } from '../../parts/facts.tsx';
import { Field, FormDeed, typedIn } from '../../parts/form.tsx';
import { Detail } from '../../parts/page.tsx';
import { tell } from '../../parts/toasts.tsx';
import type { Account } from './account.ts';
import { Settings } from './settings.tsx';
import { Spend } from './spend.tsx';
import { Status } from './status.tsx';
import { Subaccounts } from './subaccounts.tsx';
import { Tokens } from './tokens.tsx';

const ADMIN_ALONE = [] as const;
const { detail } = words;

interface Shown {
  account: Account;
  onDone: () => void;
}

export function AccountDetail({
  account,
  isLoaded,
  onDone,
}: {
  account: Account | undefined;
  isLoaded: boolean;
  onDone: () => void;
}) {
  if (account === undefined)
    return (
      <Detail title={isLoaded ? detail.notFound : <Skeleton lines={1} />}>
        {isLoaded ? <p className="soft">{detail.notFoundNext}</p> : <Skeleton lines={12} />}
      </Detail>
    );
  const { auth_id: id, plivo_auth_id: plivo, name, created_at: since, status, retention_days: days } = account;
  return (
    <Detail title={name} under={<Status status={status} />} actions={<Deeds account={account} onDone={onDone} />}>
      <FactList>
        <Fact name={detail.id}>
          <Id id={id} what={detail.id} />
        </Fact>
        <Fact name={detail.plivo}>
          <Id id={plivo} what={detail.plivo} />
        </Fact>
        <Fact name={detail.retention}>{days === null ? detail.retentionDefault : detail.days(days)}</Fact>
        <Fact name={detail.since}>
          <Exact at={since} />
        </Fact>
      </FactList>
      <Spend accountId={id} />
      <Settings accountId={id} />
      <Tokens ownerId={id} />
      <Subaccounts account={account} onDone={onDone} />
    </Detail>
  );
}

function Deeds({ account, onDone }: Shown) {
  const { auth_id: id, name, status } = account;
  const switched = status === 'active' ? words.disable : words.enable;
  return (
    <>
      <Change account={account} onDone={onDone} />
      <ConfirmedDeed
        key={status}
        name={switched.name}
        consequence={switched.consequence(name)}
        roles={ADMIN_ALONE}
        {...(status === 'active' && { typed: name })}
        run={async () => {
          const to = status === 'active' ? ('disabled' as const) : ('active' as const);
          await api('patch', '/admin/accounts/{auth_id}', { path: { auth_id: id }, body: { status: to } });
          tell(switched.done(name));
          onDone();
        }}
      />
      {status === 'disabled' && (
        <ConfirmedDeed
          name={words.remove.name}
          consequence={words.remove.consequence(name)}
          typed={name}
          roles={ADMIN_ALONE}
          run={async () => {
            await api('delete', '/admin/accounts/{auth_id}', { path: { auth_id: id } });
            tell(words.remove.done(name));
            go({ page: 'accounts' });
            onDone();
          }}
        />
      )}
    </>
  );
}

function Change({ account: { auth_id: id, name, retention_days: days }, onDone }: Shown) {
  const { change } = words;
  return (
    <FormDeed
      name={change.name}
      roles={ADMIN_ALONE}
      run={async (given) => {
        const kept = typedIn(given, 'retention_days');
        await api('patch', '/admin/accounts/{auth_id}', {
          path: { auth_id: id },
          body: { name: typedIn(given, 'name') ?? '', retention_days: kept === null ? null : Number(kept) },
        });
        tell(change.done);
        onDone();
        return null;
      }}
    >
      <Field name="name" label={change.field} isRequired maxLength={100} defaultValue={name} />
      <Field
        name="retention_days"
        label={change.retention}
        hint={change.retentionHint}
        inputMode="numeric"
        defaultValue={days === null ? '' : String(days)}
      />
    </FormDeed>
  );
}

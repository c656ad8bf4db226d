import { parts } from '../../design/texts/console/parts.ts';
import { urlOf, type Query } from '../reach/ask.ts';
import type { Role } from '../reach/answers.ts';
import { refusalFor, useMe } from '../reach/me.ts';
import { RoleButton } from './role-button.tsx';

/** All that the filters leave, as the service streams it into a file. */
export function Export({
  path,
  query,
  roles,
  name = `${path.slice(1).replaceAll('/', '-')}.csv`,
}: {
  path: string;
  query: Query;
  roles: readonly Role[];
  /** Of the file. */
  name?: string;
}) {
  const me = useMe();
  const refusal = refusalFor(me, roles);
  if (refusal !== null)
    return (
      <RoleButton refusal={refusal} onClick={() => undefined}>
        {parts.filters.csv}
      </RoleButton>
    );
  return (
    <a
      className="button"
      href={urlOf(path, { ...query, format: 'csv' })}
      download={name}
      title={parts.filters.csvTitle}
    >
      {parts.filters.csv}
    </a>
  );
}

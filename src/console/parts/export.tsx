import { parts } from '../../design/texts/console/parts.ts';
import { urlOf, type Query } from '../reach/ask.ts';
import type { Role } from '../reach/answers.ts';
import { mayDo, useMe } from '../reach/me.ts';

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
  if (!mayDo(me, roles))
    return (
      <button type="button" className="button" disabled title={parts.needsRole([...roles, 'admin'])}>
        {parts.filters.csv}
      </button>
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

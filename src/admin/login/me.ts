import { REVEALING, ROLES, type Role } from '../access/roles.js';
import type { OpenLogin } from '../access/console-logins.js';
import type { KnownOperator } from '../access/known-operators.js';
import { isoText } from '../values.dto.js';
import { flag, instant, object, orNull, shape, text, word } from '../../platform/openapi/schemas.js';

/** Who asks, and with a login at the console until when. */
export function shownMe({ name, role }: KnownOperator, login: OpenLogin | undefined) {
  const ends = login && { idle_ends_at: isoText(login.idleEndsAt), ends_at: isoText(login.endsAt) };
  return { name, role, is_number_shown: REVEALING.includes(role), login: ends ?? null };
}

export const ME = shape<{ name: string; role: Role } & Pick<ReturnType<typeof shownMe>, 'is_number_shown' | 'login'>>(
  'Me',
  () => ({
    name: text('As the audit says it.', 'ann@example.com'),
    role: word('What it may ask.', ROLES),
    is_number_shown: flag('Whether whole numbers of parties are shown to this role with reveal=true.'),
    login: orNull(
      object(
        {
          idle_ends_at: instant('When it is over unless somebody does something before; to the minute.'),
          ends_at: instant('When it is over whatever happens.'),
        },
        'Null with a bearer token.',
      ),
    ),
  }),
);

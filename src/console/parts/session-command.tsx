import { BASE } from '../../design/facts.ts';
import { Command } from '../../design/small-parts.tsx';
import { parts } from '../../design/texts/console/parts.ts';

/** The line that opens a session, for lists that fill by what happens in one. `more`: what it has to ask for. */
export function SessionCommand({ more }: { more: Readonly<Record<string, unknown>> }) {
  const body = JSON.stringify({ first_party: '+14155550123', second_party: '+14155550124', ...more });
  return (
    <Command
      text={`curl -u "$AUTH_ID:$AUTH_TOKEN" -H 'content-type: application/json' -d '${body}' "${BASE}/v1/Account/$AUTH_ID/Masking/Session/"`}
      what={parts.sessionCommand}
    />
  );
}

import { duration } from '../../../design/format.ts';
import { sessions } from '../../../design/texts/console/sessions.ts';
import { Fact, FactList } from '../../parts/facts.tsx';
import type { SessionWithTimeline } from '../../reach/answers.ts';

const { detail: words } = sessions;
const IN_SECONDS = new Set<string>([
  'session_expiry',
  'call_time_limit',
  'ring_timeout',
  'virtual_number_cooloff_period',
]);

/** The settings with which it was opened, as far as they are set. */
export function Ordered({ session }: { session: SessionWithTimeline }) {
  const rows = (Object.keys(words.names) as (keyof typeof words.names)[]).flatMap((name) => {
    const value = session[name];
    return value === null || value === undefined || value === '' ? [] : [{ name, value }];
  });
  return (
    <FactList>
      {rows.map(({ name, value }) => (
        <Fact key={name} name={words.names[name]}>
          {shown(name, value)}
        </Fact>
      ))}
    </FactList>
  );
}

function shown(name: string, value: string | number | boolean) {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return IN_SECONDS.has(name) ? duration(value) : String(value);
  return <code className="url">{value}</code>;
}

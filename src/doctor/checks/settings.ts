import type { ConfigProblem } from '../../platform/settings/config-problems.js';
import type { Patient } from '../patient.js';
import { failed, ok, warning, type Finding } from '../finding.js';

/** They could be read, or nobody would ask. */
export async function checkSettings({ config }: Patient): Promise<Finding> {
  const { provider, production, callbacks, role } = config;
  const mode = production ? 'production' : 'development';
  if (production && provider.kind === 'plivo' && callbacks.allowPrivate)
    return warning(
      'CALLBACK_ALLOW_PRIVATE=true in production',
      'Whoever has credentials of an account can make this service ask addresses of your own network.',
      'Leave CALLBACK_ALLOW_PRIVATE out, unless every customer is inside your network.',
    );
  return ok(`${mode}, ${provider.kind}, role ${role}`);
}

/** One for each setting that stops the start. */
export function unreadable(problems: readonly ConfigProblem[]): Finding[] {
  return problems.map(({ name, text }) =>
    failed(
      `${name}: ${text}`,
      'The service does not start with it.',
      `Correct ${name}; .env.example has every setting, its default and its meaning.`,
    ),
  );
}

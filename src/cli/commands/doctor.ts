import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';

const MARKS = { ok: 'ok', warning: 'WARNING', failed: 'FAILED', skipped: 'skipped' } as const;

export const doctor: Command = {
  name: 'doctor',
  about: 'Look at everything that may be wrong, and say what to do about it',
  more: 'It changes nothing, and works while the service does not run or its database is away. Exit codes: 0 nothing found, 1 something found, 3 settings unreadable. docs/doctor.md explains each check.',
  examples: ['doctor', 'doctor --json', 'doctor --data /var/lib/masking'],
  at: 'nothing',
  async run({ env, out, text }) {
    const { checks, exitCode } = await text().examineInstallation(env);
    out.show({ checks }, () =>
      checks
        .flatMap(({ name, verdict, found, reason, remedy }) => [
          `${MARKS[verdict].padEnd(8)} ${name.padEnd(18)} ${verdict === 'skipped' ? (reason ?? found) : found}`,
          ...(verdict === 'skipped' || reason === null ? [] : [`${''.padEnd(28)}${reason}`]),
          ...(remedy === null ? [] : [`${''.padEnd(28)}-> ${remedy}`]),
        ])
        .join('\n'),
    );
    const troubles = checks.filter(({ verdict }) => verdict === 'warning' || verdict === 'failed').length;
    if (exitCode === 3) throw new Failure('the settings cannot be read', EXIT.settings);
    if (exitCode === 1) throw new Failure(`${troubles} things were found`);
  },
};

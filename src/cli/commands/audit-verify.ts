import type { Command } from '../command.js';
import { Failure } from '../failure.js';
import { moment } from '../lists.js';

export const auditVerify: Command = {
  name: 'audit verify',
  about: 'Follow the chain of the audit, and name the first entry that is changed, missing or put between',
  more: 'The exit code is 1 where the chain is broken. Who can write to the database can compute all of it anew: docs/operators.md.',
  examples: ['audit verify', 'audit verify --json'],
  at: 'database',
  async run({ out, env, text }) {
    const { atDatabase, work } = text();
    const { entries, isWhole, broken } = await atDatabase(env, work.verifyAudit);
    out.show({ is_whole: isWhole, entries, broken }, () => {
      if (broken === null) return `The audit is whole: ${entries} entries.`;
      const { position, found } = broken;
      const what =
        found === null
          ? 'is missing'
          : `is not as it was written: ${found.action} by ${found.actor}, ${String(moment(found.at))}, id ${found.id}`;
      return `The audit is broken at entry ${position}, which ${what}. The ${entries} entries before it are whole.`;
    });
    if (!isWhole) throw new Failure('the chain of the audit is broken');
  },
};

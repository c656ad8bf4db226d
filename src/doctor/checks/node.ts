import type { Patient } from '../patient.js';
import { failed, ok, type Finding } from '../finding.js';

/** As `engines` of package.json has it: the first version of each line that runs the service. */
const LINES: readonly (readonly [major: number, minor: number])[] = [
  [20, 19],
  [22, 13],
  [24, 11],
];

export async function checkNode({ nodeVersion }: Patient): Promise<Finding> {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const line = LINES.find(([known]) => known === major);
  const isNewer = major > (LINES.at(-1)?.[0] ?? 0);
  if (isNewer || (line && minor >= line[1])) return ok(`v${nodeVersion}`);
  return failed(
    `v${nodeVersion}`,
    'The service is tested with Node 20.19, 22.13, 24.11 and later ones; others lack what it uses.',
    'Install Node 24 (.nvmrc), and start again.',
  );
}

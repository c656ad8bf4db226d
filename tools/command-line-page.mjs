/** Writes docs/command-line.md from the commands. `src/cli/page.spec.ts` fails while the two differ. */
import { writeFileSync } from 'node:fs';
import { COMMANDS } from '../dist/src/cli/commands.js';
import { manual } from '../dist/src/cli/page.js';

writeFileSync(new URL('../docs/command-line.md', import.meta.url), manual(COMMANDS));

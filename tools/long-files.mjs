/**
 * `TEST_TIMES=times.jsonl npm test && node tools/long-files.mjs times.jsonl`: writes down which spec files take longer than a second and for how much of that they
 * wait, so that the runner begins with them and gives the processor to others meanwhile.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const LONG_SECONDS = 1;
const FILE = new URL('../test/runner/long-files.json', import.meta.url);

const round = (seconds) => Math.max(0, Math.round(seconds * 10) / 10);
const long = readFileSync(process.argv[2], 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map(({ path, wall, own, loading, children, waiting }) => {
    // What is loaded counts for whichever file comes first. While one waits for processes of one's own these are busy, as much slower than on an idle machine as oneself.
    const busy = own - loading + children;
    const slower = Math.max(1, (wall - waiting) / own);
    return [path, { busy: round(busy), waits: round(waiting - children * slower) }];
  })
  .filter(([, { busy, waits }]) => busy + waits > LONG_SECONDS)
  .toSorted(([one], [other]) => one.localeCompare(other));
writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(long), null, 2)}\n`);

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Besides its own specs, what is meant to notice a fault of a folder: the specs of what stands on it, and journeys through HTTP. */
const ALSO = new Map([
  ['number-pool', [/^src\/sessions\//, /\/numbers\.controller\.spec/]],
  [
    'sessions',
    [
      /\/allocate-number\.spec/,
      /\/call-(behaviour|webhooks)\.spec/,
      /\/admin-sessions\.controller\.spec/,
      /\/masking-api\.e2e-spec/,
    ],
  ],
  [
    'call-routing',
    [/\/call-story\.spec/, /\/(calls|route)\.controller\.spec/, /\/(every-way|lost-webhooks|billing)\.e2e-spec/],
  ],
  ['billing-stats', [/\/spend\.spec/]],
  [
    'texts',
    [
      /\/(count-text|tell-texts|erase-person|forget-ended-sessions)\.spec/,
      /\/(texts|text-wishes|texts-money)\.e2e-spec/,
    ],
  ],
]);

export function specsOf(folder) {
  const patterns = [new RegExp(`^src/${folder}/`), ...(ALSO.get(folder) ?? [])];
  const specs = filesBelow('src')
    .concat(filesBelow('test'))
    .filter((file) => /[.-]spec\.ts$/.test(file));
  return patterns.flatMap((pattern) => specs.filter((file) => pattern.test(file)));
}

/** Every file below a folder of the repository, by its path from the root. */
export function filesBelow(folder) {
  const names = readdirSync(ROOT + folder, { recursive: true }).sort();
  return names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

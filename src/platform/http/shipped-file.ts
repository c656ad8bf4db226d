import { existsSync } from 'node:fs';

/** A file of this repository that is delivered beside the code: three folders above this one when it runs from its sources, two above the one compiled file. */
export function shippedFile(path: string): URL {
  const [found] = ['../../', '../../../']
    .map((folder) => new URL(folder + path, import.meta.url))
    .filter((url) => existsSync(url));
  if (found === undefined) throw new Error(`${path} is not where the service was built`);
  return found;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';

export interface Asset {
  type: string;
  plain: Buffer;
  br?: Buffer;
  gzip?: Buffer;
}

/** What `tools/pages.mjs` has built, whole in memory: some 400 kB, and a build beside a running service takes nothing away from it. */
export interface Site {
  /** By file name. */
  pages: ReadonlyMap<string, string>;
  assets: ReadonlyMap<string, Asset>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Seen from the one compiled file, from the compiled files, and from the sources. */
const PLACES = ['../web/', '../../web/', '../../dist/web/'];

/** Null where nothing has been built. */
export function readSite(): Site | null {
  const place = PLACES.map((path) => new URL(path, import.meta.url)).find((url) =>
    existsSync(new URL('index.html', url)),
  );
  if (place === undefined) return null;
  const folder = new URL('assets/', place);
  const names = readdirSync(folder);
  const read = (name: string): Buffer => readFileSync(new URL(name, folder));
  return {
    pages: new Map(
      readdirSync(place)
        .filter((name) => name.endsWith('.html'))
        .map((name) => [name, readFileSync(new URL(name, place), 'utf8')]),
    ),
    assets: new Map(
      names.flatMap((name) => {
        const type = TYPES[extname(name)];
        if (type === undefined) return [];
        return [
          [
            name,
            {
              type,
              plain: read(name),
              ...(names.includes(`${name}.br`) && { br: read(`${name}.br`) }),
              ...(names.includes(`${name}.gz`) && { gzip: read(`${name}.gz`) }),
            },
          ] as const,
        ];
      }),
    ),
  };
}

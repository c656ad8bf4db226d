import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/**
 * The service is one large text beside this file; compiling what a start needs of it takes longer than running it. So that is
 * done once, at the build (`tools/compile-ahead.mjs`), and V8 takes what lies in `service.cache`. It refuses what another version of itself made, or one
 * with other flags, and compiles then.
 */
const SERVICE = fileURLToPath(new URL('service.cjs', import.meta.url));
const COMPILED = fileURLToPath(new URL('service.cache', import.meta.url));
/** V8 would take what was compiled of any text of the same length. So both files name the text: this one at its beginning, behind two slashes, that one at its end. */
const MARK_LENGTH = 40;
const MARK_AT = 2;
/**
 * And behind it the Node that made it: V8 looks at its own version alone, which Node patches without raising it. What 20.19.0 had compiled, 20.20.2 took, and ended by
 * a segmentation fault.
 */
const MADE_BY = `${process.version} ${process.arch}`.padEnd(24);

type Service = typeof import('./service.js');
type Text = (require: NodeJS.Require, filename: string, dirname: string) => Service;

export function loadService(): Service {
  const require = createRequire(SERVICE);
  // Maps are read for what Node loads itself.
  const text = process.sourceMapsEnabled ? (require(SERVICE) as Text) : load();
  return text(require, SERVICE, dirname(SERVICE));
}

function load(): Text {
  // As bytes, one a character: esbuild writes ASCII, and half of the memory is saved.
  const text = readFileSync(SERVICE, 'latin1');
  const cachedData = compiledOf(text.slice(MARK_AT, MARK_AT + MARK_LENGTH));
  const script = new Script(text, { filename: SERVICE, ...(cachedData && { cachedData }) });
  return script.runInThisContext() as Text;
}

function compiledOf(mark: string): Buffer | null {
  try {
    const file = readFileSync(COMPILED);
    const end = `${mark}${MADE_BY}`;
    return file.toString('latin1', file.length - end.length) === end ? file.subarray(0, -end.length) : null;
  } catch {
    return null;
  }
}

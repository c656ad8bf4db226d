/** Loaded in front of the service when it is started for the sake of what V8 compiles (`compile-ahead.mjs`): the service itself knows nothing of it. */
import { renameSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import vm from 'node:vm';

const { KEPT_COMPILED: file } = process.env;
delete process.env.KEPT_COMPILED;

let service = null;
let mark = '';
/** As src/start.ts looks for it. */
const madeBy = `${process.version} ${process.arch}`.padEnd(24);
const { Script } = vm;
vm.Script = class extends Script {
  constructor(text, options) {
    // Of no other build's: only what this start needs is kept.
    const { cachedData: _, ...anew } = options;
    super(text, anew);
    service = this;
    mark = text.slice(2, 42);
  }
};
syncBuiltinESMExports();

process.once('message', () => {
  const draft = `${file}.${process.pid}.draft`;
  writeFileSync(draft, Buffer.concat([service.createCachedData(), Buffer.from(mark + madeBy, 'latin1')]));
  renameSync(draft, file);
  process.exit(0);
});

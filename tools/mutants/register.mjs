import { register } from 'node:module';

register('../../test/runner/typescript.mjs', import.meta.url);
// Asked first, because it is registered last.
register('./planted.mjs', import.meta.url, { data: JSON.parse(process.env.FIRST_FAULTS ?? '{}') });

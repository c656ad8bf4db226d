import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compiled } from '../../test/runner/typescript.mjs';
import { plant } from './plant.mjs';

/** Module hook: files under trial are loaded with all their faults in them. */
let firstFaults = {};

export function initialize(given) {
  firstFaults = given;
}

export async function load(url, context, next) {
  const file = url.startsWith('file:') ? fileURLToPath(url) : '';
  const first = firstFaults[file];
  if (first === undefined) return next(url, context);
  const { planted } = plant(file, readFileSync(file, 'utf8'), first);
  return { format: 'module', source: compiled(file, planted), shortCircuit: true };
}

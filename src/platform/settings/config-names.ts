import type { ConfigProblem } from './config-problems.js';
import { settingsTable } from './config-table.js';

const KNOWN = new Set<string>(settingsTable.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])));

/** HOST, PORT and ROLE are too short to guess at: half the words of a machine's environment are two letters away. */
const SHORTEST_GUESS = 7;
/** Below this length a name two letters away counts only when the first letter is right: JAVA_DIR is no misspelt DATA_DIR. */
const LONG = 10;

/** Names that are no setting of ours but were probably meant as one. A name that contains a setting's name is somebody else's. */
export function misspeltNames(env: NodeJS.ProcessEnv): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const name of Object.keys(env)) {
    if (KNOWN.has(name)) continue;
    const meant = closestSetting(name);
    if (meant !== null) problems.push({ name, text: `unknown; did you mean ${meant}?` });
  }
  return problems;
}

function closestSetting(name: string): string | null {
  const spelt = name.toUpperCase();
  let best: string | null = null;
  let bestDistance = 3;
  for (const setting of KNOWN) {
    if (setting.length < SHORTEST_GUESS || Math.abs(setting.length - spelt.length) > 2) continue;
    if (name.includes(setting)) return null;
    const distance = editDistance(spelt, setting);
    const implausible = distance === 2 && setting.length < LONG && spelt[0] !== setting[0];
    if (distance < bestDistance && !implausible) [best, bestDistance] = [setting, distance];
  }
  return best;
}

/** Damerau-Levenshtein (adjacent letters may swap): the number of slips between two words. */
export function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let slips = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) slips = Math.min(slips, at(beforeLast, column - 2) + 1);
      current.push(slips);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, right.length);
}

/** A cell outside the table is never the cheapest way. */
function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

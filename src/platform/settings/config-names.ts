import { distance } from 'fastest-levenshtein';
import type { ConfigProblem } from './config-problems.js';
import { settingsTable } from './config-table.js';

const KNOWN = new Set<string>(settingsTable.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])));

/** HOST, PORT and ROLE are too short to guess at: half the words of a machine's environment are two letters away. */
const SHORTEST_GUESS = 7;
/** Below this length a name two slips away, which swapped letters are, counts only when it begins right: JAVA_DIR is no misspelt DATA_DIR. */
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
    const slips = distance(spelt, setting);
    const implausible = slips === 2 && setting.length < LONG && !beginsLike(spelt, setting);
    if (slips < bestDistance && !implausible) [best, bestDistance] = [setting, slips];
  }
  return best;
}

/** The first letter is right, or has changed places with the second. */
function beginsLike(spelt: string, setting: string): boolean {
  return spelt[0] === setting[0] || (spelt[0] === setting[1] && spelt[1] === setting[0]);
}

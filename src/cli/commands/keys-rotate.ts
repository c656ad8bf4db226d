import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';

export const keysRotate: Command = {
  name: 'keys rotate',
  about: 'Seal everything anew under the first of ENCRYPTION_KEYS, while the service runs',
  more: 'In small batches that calls do not feel. Stopped or killed it loses nothing: run it again to go on. Every process must have the first key before, and seal with it before the others can go. Exit codes: 0 all is done and the other keys may be taken out of the settings, 1 a process lacks the first key and nothing was done, 5 partly done. docs/keys.md goes through it step by step.',
  examples: ['keys rotate', 'keys rotate --json'],
  at: 'database',
  async run({ env, out, text, signal }) {
    const { atDatabase, work } = text();
    const done = await atDatabase(env, (ground) =>
      work.rotateKeys(ground, {
        signal,
        tell: ({ sealed, total }) => out.progress(`${sealed} of ${Math.max(sealed, total)} values sealed anew`),
      }),
    );
    const { sealing_key: key, sealed, left, unreadable, forgotten, unready, waitingFor, isDone } = done;
    const shown = (processes: typeof unready) =>
      processes.map(({ host, pid, key: sealsWith }) => ({ host, pid, seals_with: sealsWith }));
    const result = {
      is_done: isDone,
      sealing_key: key,
      sealed,
      left,
      unreadable,
      no_longer_needed: forgotten,
      without_key: shown(unready),
      waiting_for: shown(waitingFor),
    };
    const named = (processes: typeof unready): string =>
      processes.map(({ pid, host }) => `process ${pid} on ${host}`).join(', ');
    out.show(result, () => {
      if (!isDone) return `${sealed} values sealed anew under key ${key}.`;
      const rest =
        forgotten.length === 0 ? '' : ` Key ${forgotten.join(' and key ')} may be taken out of ENCRYPTION_KEYS.`;
      return `${sealed} values sealed anew under key ${key}; nothing needs another one.${rest}`;
    });
    if (unreadable > 0) out.say(`${unreadable} values were left as they are: none of the keys opens them.`);
    if (unready.length > 0)
      throw new Failure(
        `nothing was done: key ${key} is not known to ${named(unready)}. Put it into ENCRYPTION_KEYS there, behind the others, and restart`,
      );
    if (isDone) return;
    const why =
      waitingFor.length > 0
        ? `${named(waitingFor)} still seal with another key: put key ${key} first there, restart, and run this again`
        : 'run it again to go on';
    throw new Failure(`${left} values are left; ${why}`, EXIT.partlyDone);
  },
};

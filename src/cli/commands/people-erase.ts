import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import { readNumber } from '../files.js';
import { inWords, type Counts } from './people-find.js';

interface Erasure {
  erasure_id: string;
  status: 'running' | 'done' | 'failed';
  found: Counts;
  erased: Counts;
}

const LOOK_EVERY_MS = 1000;

export const peopleErase: Command<{ account?: string; yes?: boolean; wait?: boolean }> = {
  name: 'people erase',
  about: 'Erase a person: sessions, calls, recordings and whatever else has the number. It cannot be taken back',
  more: 'Sums stay. For the role admin; it is audited. The service goes on by itself: Ctrl-C stops only the waiting, which ends with exit code 5.',
  arguments: [{ name: '<number>', about: 'with its country code, in any spelling; - reads it from standard input' }],
  options: [
    { flags: '--account <id>', about: 'only what this account has' },
    { flags: '--yes', about: 'do not ask' },
    { flags: '--no-wait', about: 'do not wait until it is done' },
  ],
  examples: ["people erase '+1 (415) 555-0123'", 'people erase - --yes --json < number.txt'],
  at: 'service',
  async run({ out, service, confirm, signal, stdin }, { account, yes, wait = true }, text = '') {
    const body = { number: await readNumber(text, stdin), account };
    const admin = service();
    const { found } = await admin.json<{ found: Counts }>('POST', '/admin/people/find', { body });
    await confirm(`${inWords(found)} will be erased, for good.`, yes);
    const { erasure_id: id } = await admin.json<{ erasure_id: string }>('POST', '/admin/people/erase', { body });
    out.say(`Erasure ${id} is begun.`);
    if (!wait) return out.show({ erasure_id: id }, () => id);
    let erasure: Erasure;
    do {
      await delay(LOOK_EVERY_MS, null, { signal }).catch(() => {
        throw new Failure(`not waited for: the service goes on with erasure ${id}`, EXIT.partlyDone);
      });
      erasure = await admin.get<Erasure>(`/admin/people/erasures/${id}`);
      out.progress(`${inWords(erasure.erased)} erased`);
    } while (erasure.status === 'running');
    out.show(erasure, () => `${erasure.status}: ${inWords(erasure.erased)} erased.`);
    if (erasure.status === 'failed')
      throw new Failure(`erasure ${id} has failed: see "masking jobs list --status parked"`);
  },
};

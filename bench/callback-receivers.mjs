import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const RECEIVER = fileURLToPath(new URL('callback-receiver.mjs', import.meta.url));

/** A request that customers' servers got. `deed`: what they did with it. */
const FIELDS = ['at', 'receiver', 'id', 'hash', 'session', 'sequence', 'event', 'deed'];
/** What the service must take for delivered: the status line and headers of a 2xx came. */
const DELIVERED = new Set(['200', 'drip-body', 'followed']);

/** `count` customers' servers in a process of their own. `behave` names a mode for each: healthy, faulty or hanging; the last one holds for the rest. */
export async function startReceivers(count) {
  const child = fork(RECEIVER, { serialization: 'advanced', stdio: 'inherit' });
  let last = Promise.resolve();
  const order = (what) => {
    last = last.then(async () => {
      child.send(what);
      const [{ result }] = await once(child, 'message');
      return result;
    });
    return last;
  };
  const ports = await order({ listen: count });
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}/events`),
    behave: (modes) => order({ behave: modes }),
    received: () => order({ count: true }),
    async takeJournal() {
      const rows = await order({ take: true });
      return rows.map((row) => {
        const entry = Object.fromEntries(FIELDS.map((name, index) => [name, row[index]]));
        return { ...entry, isDelivered: DELIVERED.has(entry.deed) };
      });
    },
    stop: () => child.kill('SIGKILL'),
  };
}

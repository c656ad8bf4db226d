import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Who was accepted last is still sending the request: a proxy does so at once. */
const LAST_REQUESTS_MS = 200;

/**
 * Takes no more connections, and serves those that it has taken: a proxy that has not noticed yet is refused before it has sent anything, and turns to another
 * process. What the system has answered in our name and we have not seen is reset all the same: decision 0038.
 */
export async function stopAccepting(server: Server): Promise<void> {
  server.close();
  await delay(LAST_REQUESTS_MS);
}

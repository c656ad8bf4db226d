import { PUBLIC_URL } from './callback-facts.mjs';
import { machine, say } from './callback-report.mjs';
import { dropAll, kinds, newFolder, wantedKinds } from './databases.mjs';
import { addNumbers, killAll, startService } from './servers.mjs';

const NO_PLIVO = 'http://127.0.0.1:9';

/** Runs `measure(kind)` on each kind of database, or on `only`, and leaves nothing behind. */
export async function onEachKind(title, only, measure) {
  const stop = () => {
    killAll();
    return dropAll();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().finally(() => process.exit(1)));
  const wanted = await wantedKinds(only, say);
  process.stdout.write(`${title}\n${machine()}\n\n`);
  try {
    for (const kind of wanted) {
      process.stdout.write(`${await kinds[kind].describe()}\n\n`);
      await measure(kind);
    }
  } finally {
    await stop();
  }
}

/** A migrated database with the account and its pool, and the folder with its keys; the service is not running. */
export async function newPlace(kind) {
  const place = { databaseUrl: await kinds[kind].create(), dataFolder: newFolder() };
  say('making a database');
  const service = await startAt(place);
  await addNumbers(service.origin);
  await service.stop();
  return place;
}

/** As with a real Plivo, of which it needs nothing here: calls are told by webhooks. */
export function startAt(place) {
  return startService({
    ...place,
    settings: { PUBLIC_URL, CALLBACK_ALLOW_PRIVATE: 'true', PROVIDER: 'plivo', PLIVO_API_URL: NO_PLIVO },
  });
}

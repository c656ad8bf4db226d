import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureMemory, measureStarts } from './at-rest.mjs';
import { dropAll, kinds, newFolder, wantedKinds } from './databases.mjs';
import { aimsOf, asText, differences, summarize } from './report.mjs';
import { measureRounds } from './rounds.mjs';
import { addNumbers, killAll, onServer, rssMegabytes, startBare, startService } from './servers.mjs';
import { compareStatements } from './statement-check.mjs';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const run = {
  isQuick: flags.quick,
  say: (text) => process.stderr.write(`  ${text}\n`),
};

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killAll();
    void dropAll().finally(() => process.exit(1));
  });
}

try {
  const result = await measureAll();
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 2)}\n` : `\n${asText(result)}`);
  const unequal = differences(result.databases.flatMap(({ checks }) => checks));
  for (const line of unequal) process.stderr.write(`${line}\n`);
  const isMissed = flags.strict && result.aims.some(({ isMet }) => !isMet);
  process.exitCode = unequal.length > 0 || isMissed ? 1 : 0;
} finally {
  killAll();
  await dropAll();
}

async function measureAll() {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'processor'}, Node ${process.versions.node}, 32 requests in flight`;
  run.say('start and memory at rest');
  const starts = await measureStarts(run);
  const restMegabytes = await measureMemory(run);
  const databases = [];
  for (const kind of await wantedKinds(flags.only, run.say)) databases.push(await measureDatabase(kind));
  const measured = { machine, starts, restMegabytes, databases };
  return { ...measured, aims: aimsOf(measured) };
}

async function measureDatabase(kind) {
  const describe = await kinds[kind].describe();
  run.say(describe);
  const places = {
    service: { databaseUrl: await kinds[kind].create(), dataFolder: newFolder() },
    bare: { databaseUrl: await kinds[kind].create(), dataFolder: newFolder() },
  };
  // Both databases are made by the service: same migrations, same account, same pool. The restart that follows leaves its caches as in daily use.
  for (const place of Object.values(places)) await onServer(startService(place), ({ origin }) => addNumbers(origin));

  const checks = await onBoth(places, { isRecorded: true, settings: { ROLE: 'api' } }, compareStatements);
  return onBoth(places, {}, async (servers) => {
    const rounds = await measureRounds(servers, run);
    const loadedMegabytes = { service: rssMegabytes(servers.service.pid), bare: rssMegabytes(servers.bare.pid) };
    const named = checks.map((check) => ({ database: kind, ...check }));
    return { kind, describe, checks: named, rounds, summary: summarize(rounds), loadedMegabytes };
  });
}

function onBoth(places, options, work) {
  return onServer(startService({ ...places.service, ...options }), (service) =>
    onServer(startBare({ ...places.bare, ...options }), (bare) => work({ service, bare })),
  );
}

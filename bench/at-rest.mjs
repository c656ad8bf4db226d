import { setTimeout as delay } from 'node:timers/promises';
import { newFolder } from './databases.mjs';
import { cpuMicros, rssMegabytes, startService } from './servers.mjs';

const STARTS = { quick: 2, full: 5 };
const IDLE_MS = { quick: 2_000, full: 10_000 };
const SETTLE_MS = 20_000;

/**
 * From spawn to the first accepted connection and to the banner: first starts (empty folder, all migrations) and later ones. The processor time up to
 * the banner tells what the start would take on a machine with nothing else to do.
 */
export async function measureStarts({ isQuick, say }) {
  const first = [];
  const next = [];
  for (let run = 0; run < (isQuick ? STARTS.quick : STARTS.full); run++) {
    const dataFolder = newFolder();
    first.push(await timedStart(dataFolder));
    next.push(await timedStart(dataFolder));
  }
  const result = { first: medians(first), next: medians(next) };
  say(
    `first start ${seconds(result.first.listeningMs)}, banner ${seconds(result.first.bannerMs)}; later starts ${seconds(result.next.listeningMs)}`,
  );
  return result;
}

/** Memory of a service that was started with the demo data and left alone. */
export async function measureMemory({ isQuick, say }) {
  const server = await startService({ dataFolder: newFolder(), settings: { SYNC_NUMBERS: 'true' } });
  try {
    await bannerOf(server);
    await delay(isQuick ? IDLE_MS.quick : IDLE_MS.full);
    const megabytes = rssMegabytes(server.pid);
    say(megabytes === null ? 'memory is not known on this system' : `${megabytes.toFixed(0)} MB at rest`);
    return megabytes;
  } finally {
    await server.stop();
  }
}

async function timedStart(dataFolder) {
  const server = await startService({ dataFolder, settings: { SYNC_NUMBERS: 'true' } });
  try {
    const bannerMs = await bannerOf(server);
    return { listeningMs: server.listeningMs, bannerMs, cpuMs: (cpuMicros(server.pid) ?? Number.NaN) / 1000 };
  } finally {
    await server.stop();
  }
}

async function bannerOf(server) {
  const deadline = performance.now() + SETTLE_MS;
  while (server.bannerMs() === null) {
    if (performance.now() > deadline) throw new Error('the banner did not come');
    await delay(3);
  }
  return server.bannerMs();
}

function medians(runs) {
  const median = (name) => runs.map((run) => run[name]).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  return { listeningMs: median('listeningMs'), bannerMs: median('bannerMs'), cpuMs: median('cpuMs') };
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}

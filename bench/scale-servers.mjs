import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filledDatabase } from './scale-fill.mjs';
import { ENCRYPTION_KEY } from './scale-rows.mjs';
import { settled } from './scale-settle.mjs';
import { startService } from './servers.mjs';

const OWN = fileURLToPath(new URL('..', import.meta.url));

/** Builds to be measured, by name: this one, and another whose checkout must be built. */
export function buildsOf(other) {
  const own = { now: { root: OWN, main: join(OWN, 'dist/bin/main.js') } };
  if (other === undefined) return own;
  // Builds made before there was a bundle have only the second.
  const main = ['dist/bin/main.js', 'dist/src/main.js'].map((path) => join(other, path)).find(existsSync);
  if (main === undefined) throw new Error(`${other}: expected the folder of another checkout that is built`);
  return { before: { root: other, main }, ...own };
}

/** A filled database for each build and size, named `size build`. */
export async function filledPlaces({ kind, builds, sizes, say }) {
  const places = {};
  for (const size of sizes)
    for (const [build, { root, main }] of Object.entries(builds)) {
      const name = Object.keys(builds).length === 1 ? size.name : `${size.name} ${build}`;
      say(`filling ${name}`);
      const filled = await filledDatabase({ kind, root, sessions: size.sessions, say });
      places[name] = { ...filled, main, size, build };
    }
  return places;
}

/** All of them at once: what is compared runs in turns on the same machine at the same time. */
export async function onPlaces(places, say, work) {
  const servers = {};
  try {
    for (const [name, { main, databaseUrl, dataFolder }] of Object.entries(places)) {
      const settings = { ENCRYPTION_KEY };
      servers[name] = await startService({ main, databaseUrl, dataFolder, settings });
    }
    for (const place of Object.values(places)) await settled(place, say);
    return await work(servers);
  } finally {
    for (const server of Object.values(servers)) await server.stop();
  }
}

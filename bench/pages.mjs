// How long each page of the console takes until its content is in sight, with very many sessions. `npm run build && node bench/pages.mjs [sqlite|mysql]`; mysql uses
// TEST_DATABASE_URL or mysql://root@127.0.0.1:3306. SESSIONS=1000000 live ones, CALLS=2000 of today, ROUNDS=5, of which the middle counts; the longest stands
// beside it. Needs Debian's Chromium. Exit code 1 when a page that is opened anew takes over 500 ms.
import { chromium } from 'playwright-core';
import { Agent } from 'undici';
import { dropAll, kinds } from './databases.mjs';
import { ADMIN_TOKEN } from './requests.mjs';
import { filledDatabase } from './scale-fill.mjs';
import { ENCRYPTION_KEY } from './scale-rows.mjs';
import { killAll, startService } from './servers.mjs';
import { callSteadily } from './steady-calls.mjs';

const kind = process.argv[2] ?? 'sqlite';
const SESSIONS = Number(process.env.SESSIONS ?? 1_000_000);
const CALLS = Number(process.env.CALLS ?? 2_000);
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const MOST_MS = 500;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell';
const SKELETON = '.skeleton, [aria-busy="true"], [data-stale="true"]';

const root = new URL('..', import.meta.url).pathname;
const agent = new Agent({ connections: 32, pipelining: 1 });
let browser;

try {
  await main();
} finally {
  await browser?.close();
  await agent.close();
  killAll();
  await dropAll();
}

async function main() {
  console.log(`${await kinds[kind].describe()}; Node ${process.version}; ${SESSIONS} sessions, ${CALLS} calls`);
  const filled = await filledDatabase({ kind, root, sessions: SESSIONS, say: (text) => console.log(`  ${text}`) });
  const server = await startService({ ...filled, settings: { ENCRYPTION_KEY } });
  const sessions = Array.from({ length: CALLS }, (_, i) => filled.rows.sessionOf(i));
  await callSteadily(agent, server, 100, sessions);

  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.origin}/console`);
  await page.getByLabel('Token').fill(ADMIN_TOKEN);
  await page.keyboard.press('Enter');
  await page.locator('.page h1').first().waitFor();

  const links = await page.locator('nav a[href^="#/"]').evaluateAll((all) => all.map((one) => one.hash.slice(2)));
  const { id, first } = filled.rows.sessionOf(CALLS + 5);
  const places = [...new Set(links), `sessions/${id}`, `sessions?party=${first}`, 'sessions?status=expired'];
  const took = new Map(places.map((place) => [place, { anew: [], within: [] }]));
  let slowest = { path: '', ms: 0 };
  page.on('requestfinished', (request) => {
    const { responseEnd: ms } = request.timing();
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/admin/') && ms > slowest.ms) slowest = { path: pathname, ms };
  });
  const asked = new Map();
  for (let round = 0; round < ROUNDS; round++)
    for (const place of places) {
      // As for who comes by a link: nothing of it is remembered by the page.
      await page.goto('about:blank');
      slowest = { path: '', ms: 0 };
      await page.goto(`${server.origin}/console#/${place}`, { waitUntil: 'commit' });
      took.get(place).anew.push(await settled(page, place));
      // And for who is on another page of the console.
      await page.goto('about:blank');
      const other = place === 'audit' ? 'jobs' : 'audit';
      await page.goto(`${server.origin}/console#/${other}`);
      await settled(page, other);
      const from = await page.evaluate((hash) => {
        location.hash = hash;
        return performance.now();
      }, `#/${place}`);
      took.get(place).within.push((await settled(page, place)) - from);
      if (slowest.ms > (asked.get(place)?.ms ?? 0)) asked.set(place, slowest);
    }
  for (const [place, { anew, within }] of took) {
    const shown = place.replace(id, '{id}').replace(first, '{number}');
    const { path, ms } = asked.get(place) ?? { path: 'nothing', ms: 0 };
    const request = `${path.replace(id, '{id}')} ${ms.toFixed(0)} ms`;
    console.log(
      `${shown.padEnd(26)} opened anew ${figures(anew)}; from another page ${figures(within)}; slowest request: ${request}`,
    );
    if (middleOf(anew) > MOST_MS) process.exitCode = 1;
  }
}

function figures(times) {
  return `${middleOf(times).toFixed(0).padStart(4)} (${Math.max(...times).toFixed(0)}) ms`;
}

function middleOf(times) {
  return times.toSorted((one, other) => one - other)[times.length >> 1];
}

/** Milliseconds since the page was asked for. Looked at in each frame: Playwright's own looks are up to half a second apart. */
function settled(page, place) {
  return page.evaluate(
    ({ skeleton, current }) =>
      new Promise((resolve) => {
        let at = null;
        const look = () => {
          const isThere =
            [current, '.page h1'].every((one) => document.querySelector(one) !== null) &&
            document.querySelector(skeleton) === null;
          at = isThere ? (at ?? performance.now()) : null;
          // What is there for a moment before it asks for more is not it.
          if (at !== null && performance.now() - at > 100) resolve(at);
          else requestAnimationFrame(look);
        };
        look();
      }),
    { skeleton: SKELETON, current: `[aria-current="page"][href="#/${place.split(/[/?]/)[0]}"]` },
  );
}

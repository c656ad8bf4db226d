import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { request } from 'undici';
import { arrived, findChromium, launch, openPage, type Watched } from './support/browser.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { eventually, SLOWER } from './support/eventually.js';
import {
  ADMIN_TOKEN,
  AUTH_ID,
  clientOf,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI, VIA] = ['+14155550123', '+14155550124', '+14155550100'];
const chromium = findChromium();
/** What other processes do is told every five seconds; a page asks at most once a second. */
const TOLD_WITHIN_MS = 6_000;
/** For the answer, and for drawing it on a machine that does other things too. */
const SHOWN_WITHIN_MS = TOLD_WITHIN_MS + 2_500 * SLOWER;

interface Session {
  session_uuid: string;
  virtual_number: string;
}

/** Several processes share a server's database; a file of SQLite is one's own. */
const isShared = databaseKinds.includes('mysql');
(isShared ? describe : describe.skip)('the console of one process, while things happen in another', () => {
  let [here, there]: ServiceProcess[] = [];
  const client = clientOf();
  const closers: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const folder = await temporaryFolder();
    closers.push(folder.remove);
    const { url, drop } = await createMigratedDatabase('mysql');
    closers.push(drop);
    const settings = sharedSettings(url, folder.path);
    // The first makes the tables.
    here = await startProcess({ ...settings, ROLE: 'api' });
    const other = await temporaryFolder();
    closers.push(other.remove);
    there = await startProcess({ ...settings, DATA_DIR: other.path });
    closers.push(() => Promise.all([here?.stop(), there?.stop()]), client.close);
    const added = await client.admin(there.baseUrl, '/numbers', { account: AUTH_ID, number: VIA });
    expect(added.status).toBe(201);
  }, 90_000);

  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  }, 60_000);

  const open = async (): Promise<Session> => {
    const made = await client.create(there?.baseUrl ?? '', { first_party: ASHA, second_party: RAVI });
    expect(made.status).toBe(201);
    return made.body as unknown as Session;
  };
  const plivo = simulatedPlivo(() => ({ request: client.ask(there?.baseUrl ?? '') }));

  /** How long it takes until it holds, in milliseconds. */
  async function takes(holds: () => Promise<unknown>): Promise<number> {
    const from = performance.now();
    await holds();
    return performance.now() - from;
  }

  it('is told of every kind within five seconds, without which, and reads the rest itself', async () => {
    const answer = await request(`${here?.baseUrl}/admin/events`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    let text = '';
    answer.body.on('data', (data: Buffer) => (text += data.toString()));
    answer.body.on('error', () => undefined);
    const toldOf = (kind: string): number => text.split(`event: ${kind}\ndata: {"id":null,"account":null`).length - 1;
    // It has seen that there is another one.
    await eventually(() => expect(toldOf('session')).toBeGreaterThan(0));
    const { session_uuid: uuid } = await open();
    const before = toldOf('session');
    const ms = await takes(() => eventually(() => expect(toldOf('session')).toBeGreaterThan(before)));
    expect(ms).toBeLessThan(TOLD_WITHIN_MS);
    for (const kind of ['call', 'session', 'callback', 'pool', 'job']) expect(toldOf(kind)).toBeGreaterThan(0);
    expect(text).not.toContain(uuid);
    answer.body.destroy();
    await client.end(there?.baseUrl ?? '', uuid);
  }, 40_000);

  (chromium === null ? describe.skip : describe)('in a browser', () => {
    let browser: Browser;
    const opened: Watched[] = [];

    beforeAll(async () => {
      browser = await launch(chromium ?? '');
      closers.push(() => browser.close());
    }, 30_000);

    async function openConsole(place: string): Promise<Page> {
      const watched = await openPage(browser, { url: `${here?.baseUrl}/console#/${place}`, width: 1440 });
      opened.push(watched);
      const { page } = watched;
      await page.getByLabel('Token').fill(ADMIN_TOKEN);
      await page.keyboard.press('Enter');
      await arrived(page, place);
      await page.getByText('live', { exact: true }).waitFor();
      return page;
    }
    const row = (page: Page, text: string) => page.locator('.body .row', { hasText: text });

    it('shows a call that comes to the other process, and its end, though nobody touches the page', async () => {
      const calls = await openConsole('calls');
      const overview = await openConsole('overview');
      const now = overview.locator('.tile', { hasText: 'Calls now' }).locator('strong');
      await now.filter({ hasText: /^0$/ }).waitFor();

      const { session_uuid: uuid, virtual_number: via } = await open();
      const call = await plivo.call(ASHA, `+${via.replace('+', '')}`);
      await plivo.ringing(RAVI);
      await plivo.act(RAVI, 'answer');
      await plivo.bridged(call);
      const came = await takes(async () => {
        await Promise.all([
          row(calls, 'in progress').waitFor({ timeout: SHOWN_WITHIN_MS }),
          now.filter({ hasText: /^1$/ }).waitFor({ timeout: SHOWN_WITHIN_MS }),
        ]);
      });
      expect(came).toBeLessThan(SHOWN_WITHIN_MS);

      await plivo.act(RAVI, 'hangup');
      await plivo.settled(call);
      const ended = await takes(async () => {
        await Promise.all([
          row(calls, 'connected').waitFor({ timeout: SHOWN_WITHIN_MS }),
          now.filter({ hasText: /^0$/ }).waitFor({ timeout: SHOWN_WITHIN_MS }),
        ]);
      });
      expect(ended).toBeLessThan(SHOWN_WITHIN_MS);
      await client.end(there?.baseUrl ?? '', uuid);
    }, 60_000);

    it('asks nothing of another origin, and nothing is forbidden to it', () => {
      expect(opened.flatMap(({ foreign }) => foreign)).toEqual([]);
      const told = opened.flatMap(({ errors }) => errors).filter((one) => !one.startsWith('Failed to load resource'));
      expect(told).toEqual([]);
    });
  });
});

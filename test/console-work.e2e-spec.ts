import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { arrived, cutTables, findChromium, overflow, signIn, violations } from './support/browser.js';
import { ConsoleGround } from './support/console.js';
import { eventually } from './support/eventually.js';
import { ADMIN_TOKEN, temporaryFolder } from './support/process.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI] = ['+14155550123', '+14155550124'];
const FIVE_DAYS_SECONDS = 5 * 86_400 + 3600;
const chromium = findChromium();

/** A customer's server that nobody starts, five days of failures, and calls that cost something. */
(chromium === null ? describe.skip : describe)('work at the console', () => {
  const ground = new ConsoleGround();
  const { send, open } = ground;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    ground.whenOver(folder.remove);
    const settings = { CALLBACK_ALLOW_PRIVATE: 'true', LOG_LEVEL: 'error', RATE_LIMIT: 'off' };
    await ground.start({ DATA_DIR: folder.path, ADMIN_TOKEN, ...settings }, chromium, fiveDays);
  }, 120_000);

  afterAll(() => ground.stop());

  async function fiveDays(): Promise<void> {
    const plivo = simulatedPlivo(ground.phones);
    const account = await plivo.control<Record<'auth_id' | 'auth_token', string>>('GET', '/demo-account');
    const path = `/v1/Account/${account.auth_id}/Masking/Session/`;
    const as = `Basic ${Buffer.from(`${account.auth_id}:${account.auth_token}`).toString('base64')}`;
    const body = {
      first_party: ASHA,
      second_party: RAVI,
      callback_url: 'http://127.0.0.1:9/hook#rc=0',
      session_expiry: 0,
    };
    const { virtual_number: via } = await send<{ virtual_number: string }>(path, { method: 'POST', as, body });
    await plivo.talk(RAVI, `+${via.replace('+', '')}`, ASHA, 42);
    await plivo.advance(FIVE_DAYS_SECONDS);
    await plivo.talk(ASHA, `+${via.replace('+', '')}`, RAVI, 61);
    await plivo.advance(600);
  }

  it('finance has the month as a file in three steps, and the file adds up to what is shown', async () => {
    const { token } = await send<{ token: string }>('/admin/operators', {
      method: 'POST',
      body: { name: 'fin', role: 'finance' },
    });
    const { page, context } = await open('overview', {
      cookies: await signIn(ground.browser, ground.service.baseUrl, token),
    });
    await page.getByRole('link', { name: 'Costs' }).click();
    const month = page.locator('label.filter', { hasText: 'Month' }).locator('select').first();
    await month.selectOption('last12');
    const total = page.locator('.total-lead', { hasText: 'last 12 months' }).locator('strong');
    await total.filter({ hasText: /^0\.0[0-9]*[1-9][0-9]* USD$/ }).waitFor();
    const shown = await total.innerText();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Export CSV').click()]);
    expect(download.suggestedFilename()).toBe('costs-last-12-months-by-day.csv');
    const [head = '', ...rows] = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    const place = head.split(',').indexOf('amount');
    const sum = rows.reduce((all, row) => all + Math.round(Number(row.split(',')[place]) * 1e8), 0);
    expect(rows.length).toBeGreaterThan(0);
    expect(sum / 1e8).toBe(Number(shown.split(' ')[0]));
    expect(await page.getByRole('link', { name: 'Numbers' }).count()).toBe(0);
    await context.close();
  }, 30_000);

  it('who is on call goes from the link of an alert to what was given up, sent again, in three steps', async () => {
    // Time has passed for the service; what was due in it is done in its own time.
    const { items, callbacks } = await eventually(async () => {
      const found = await send<{ items: { id: string; status: string }[] }>('/admin/receivers');
      expect(found.items).toMatchObject([{ status: 'paused' }]);
      const pending = await send<{ callbacks: number }>('/admin/callbacks/count?status=pending');
      expect(pending.callbacks).toBe(0);
      const all = await send<{ callbacks: number }>('/admin/callbacks/count');
      expect(all.callbacks).toBeGreaterThan(1);
      return { ...found, ...all };
    });
    const { page, context } = await open(`receivers/${items[0]?.id}`);
    await page.getByRole('button', { name: 'Resume and send again' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(`sends the ${callbacks} callbacks again`).waitFor();
    await dialog.getByRole('button', { name: 'Resume and send again' }).click();
    await page.getByText('and what was given up is being sent').waitFor();
    expect((await send<{ items: unknown[] }>('/admin/receivers?status=paused')).items).toEqual([]);
    await context.close();
  }, 30_000);

  it('numbers are drained with a word on what that does, and taken back', async () => {
    const account = {
      name: 'A shop with a rather long name',
      plivo_auth_id: 'MAANOTHERANOTHER0000',
      plivo_auth_token: 'x',
    };
    await send('/admin/accounts', { method: 'POST', body: account });
    const { page, context } = await open('numbers/%2B14155550102');
    await page.getByRole('button', { name: 'Drain' }).click();
    await page.getByRole('dialog').getByText('Its 0 live sessions go on').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await page.locator('.detail .meant', { hasText: 'no new sessions' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.detail .meant', { hasText: 'lent to sessions' }).waitFor();

    await page.getByRole('button', { name: 'Import CSV' }).click();
    const file = { name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from('number\n+14155550177\nnone\n') };
    await page.getByLabel('File').setInputFiles(file);
    await page.getByRole('dialog').getByRole('button', { name: 'Import CSV' }).click();
    await page.getByRole('dialog').getByText('expected a phone number with its country code').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    const spilt = `((dialog) => dialog.scrollWidth - dialog.clientWidth)(document.querySelector('dialog[open] > div'))`;
    await eventually(async () => expect(await page.evaluate(spilt)).toBe(0));
    await context.close();
  }, 30_000);

  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'axe finds nothing at %i px in the %s theme, and nothing is wider than the window',
    async (width, colorScheme) => {
      const items = await eventually(async () => {
        const found = await send<{ items: { id: string }[] }>('/admin/callbacks?limit=1');
        expect(found.items).toHaveLength(1);
        return found.items;
      });
      const places = ['numbers', 'numbers/%2B14155550100', 'pool', 'callbacks', `callbacks/${items[0]?.id}`];
      const watched = await open('overview', { width, colorScheme });
      const { page } = watched;
      const money = ['costs', 'costs?by=number', 'costs?by=account&then=number&last=session'];
      for (const place of [...places, 'receivers', 'webhooks', 'recordings', ...money, 'jobs']) {
        await page.goto(`${ground.service.baseUrl}/console#/${place}`);
        await arrived(page, place);
        expect([place, await violations(watched)]).toEqual([place, []]);
        expect([place, await overflow(page)]).toEqual([place, 0]);
        expect([place, await cutTables(page)]).toEqual([place, []]);
        // Also where the page is longer than the window.
        const overlaid = `[...document.querySelectorAll('.filter-bar')].filter((bar) => bar.clientHeight < 30 || bar.getBoundingClientRect().bottom > bar.nextElementSibling.getBoundingClientRect().top).length`;
        expect([place, await page.evaluate(overlaid)]).toEqual([place, 0]);
      }
      await watched.context.close();
    },
    60_000,
  );

  it('asks nobody else for anything, and complains of nothing', () => {
    // A file was refused on purpose.
    ground.expectQuiet('Failed to load resource: the server responded with a status of 400 (Bad Request)');
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findChromium, signIn } from './support/browser.js';
import { ConsoleGround } from './support/console.js';
import { eventually, PATIENCE_MS } from './support/eventually.js';
import { ADMIN_TOKEN, temporaryFolder } from './support/process.js';

const chromium = findChromium();
const figure = (page: Page, title: string) => page.locator('figure.chart', { hasText: title });
const axis = (page: Page, title: string) => figure(page, title).locator('.axis > span').allInnerTexts();

/** What the console says where there is little, nothing, or no answer. */
(chromium === null ? describe.skip : describe)('at the edges of the console', () => {
  const ground = new ConsoleGround();
  const { open } = ground;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    ground.whenOver(folder.remove);
    await ground.start({ DATA_DIR: folder.path, ADMIN_TOKEN, LOG_LEVEL: 'error', RATE_LIMIT: 'off' }, chromium);
  }, 120_000);

  afterAll(() => ground.stop());

  it('a chart names each of its days, and the month where it begins', async () => {
    const { page, context } = await open('overview');
    await eventually(async () => expect((await axis(page, 'Cost per day')).length).toBe(14));
    const named = (await axis(page, 'Cost per day')).map((text) => text.split('\n'));
    expect(named.every(([day = '']) => /^\d{1,2}$/.test(day))).toBe(true);
    expect(named[0]?.[1]).toMatch(/^[A-Z][a-z]{2,3}$/);
    await context.close();
  });

  it('what a chart counts stands whole below its title on a phone', async () => {
    const { page, context } = await open('overview', { width: 390 });
    const words = figure(page, 'Outcomes by the hour').locator('figcaption .soft');
    await words.waitFor();
    const [title, counted] = await Promise.all([words.locator('xpath=../strong').boundingBox(), words.boundingBox()]);
    expect(counted?.y).toBeGreaterThanOrEqual((title?.y ?? 0) + (title?.height ?? 0) - 2);
    expect(counted?.height).toBeLessThan(30);
    await context.close();
  });

  it('days on which nothing was spent have their place in the chart of costs', async () => {
    const { page, context } = await open('calls');
    const sums = { minutes: 1, billed_seconds: 60, sessions: 1, messages: 0, message_units: 0, message_amount: '0' };
    const money = { provider_amount: '0.5', fees: '0', message_fees: '0', total_amount: '0.5', currency: 'USD' };
    await context.route(/admin\/stats\?/, (route) => {
      const days = ['2026-11-02', '2026-11-05'].map((key) => ({
        key,
        day: key,
        calls: 2,
        connected: 1,
        ...sums,
        ...money,
      }));
      return route.fulfill({ json: { items: days, next_cursor: null } });
    });
    await page.goto(`${ground.service.baseUrl}/console#/costs?month=2026-11`);
    await eventually(async () => expect(await axis(page, 'in USD')).toEqual(['2\nNov', '3', '4', '5']));
    await context.close();
  });

  it('an entry of the audit says to what it was done on a phone too', async () => {
    const { page, context } = await open('audit', { width: 390 });
    await page.locator('.row', { hasText: 'signed in' }).locator('[data-place="below-end"]').first().waitFor();
    await context.close();
  });

  it.each([
    ['recordings', '.command', '"record":true'],
    ['receivers', 'a.button', 'To the callbacks'],
    ['callbacks', 'a.button', 'Make some with the simulator’s phones'],
    ['opt-outs', 'a.button', 'To the accounts'],
    ['sessions', 'a.button', 'Open one with the simulator’s phones'],
  ])('the empty list of %s has a next step', async (place, what, text) => {
    const { page, context } = await open(place);
    await page.locator('.empty-state').locator(what, { hasText: text }).waitFor();
    await context.close();
  });

  it('a deed that meets the end of the login leads to the sign-in, says that it was not done, and back', async () => {
    const cookies = await signIn(ground.browser, ground.service.baseUrl, ADMIN_TOKEN);
    const { page, context } = await open('operators', { cookies });
    await page.getByRole('button', { name: 'Add an operator' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('late@example.com');
    await context.route('**/admin/operators', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 401, json: { code: 'login_over', detail: 'over' } })
        : route.continue(),
    );
    await context.route('**/admin/me', (route) =>
      route.fulfill({ status: 401, json: { code: 'login_over', detail: 'over' } }),
    );
    await page.keyboard.press('Enter');
    await page.getByText('Your sign-in is over').waitFor();
    await page.getByText('What you were about to do has not been done.').waitFor();
    await context.unroute('**/admin/me');
    await page.locator('input:focus').waitFor();
    await page.keyboard.insertText(ADMIN_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Operators' }).waitFor();
    await context.close();
  });

  it.each([
    ['unavailable', 'What it needs does not answer, most likely the database.'],
    ['provider_unavailable', 'Plivo does not answer.'],
  ])('of %s it says who does not answer, and not that it is a fault of ours', async (code, text) => {
    const { page, context } = await open('calls');
    await context.route(/admin\/sessions\?/, (route) =>
      route.fulfill({ status: 503, json: { code, detail: 'Service unavailable' } }),
    );
    await page.goto(`${ground.service.baseUrl}/console#/sessions`);
    await page.getByText(text).waitFor();
    expect(await page.getByText('That is a fault of ours').count()).toBe(0);
    await context.close();
  });

  it('what was shown stays while nobody answers, as the banner says', async () => {
    const { page, context } = await open('overview');
    await context.route('**/admin/events', (route) => route.abort());
    await page.reload();
    await figure(page, 'Cost per day').waitFor();
    await page.getByText('Nothing needs a look.').waitFor();
    await context.route(/\/admin\/(?!events)/, (route) => route.abort());
    await page.getByText('Not everything could be asked').waitFor({ timeout: 3 * PATIENCE_MS });
    await eventually(async () => expect(await page.locator('[data-stale="true"]').count()).toBe(0));
    expect(await page.locator('.failure').count()).toBe(0);
    expect(await page.locator('figure.chart').count()).toBe(3);
    await context.close();
  }, 60_000);

  it('a quiet page asks anew when the database goes away, and when it is back', async () => {
    const { page, context } = await open('overview');
    await page.getByText('Nothing needs a look.').waitFor();
    const away = async (seconds: number) =>
      context.request.post(`${ground.service.baseUrl}/simulator/control/database-away`, { data: { seconds } });
    await away(60);
    await page.locator('.banner', { hasText: 'The database has not answered since' }).waitFor();
    await page.getByText('Not everything could be asked').waitFor();
    await away(0);
    await page.getByText('Nothing needs a look.').waitFor();
    await context.close();
  }, 60_000);

  it('half a word in the search is answered by what is expected, not as a failure', async () => {
    const { page, context } = await open('calls');
    await page.keyboard.press('/');
    await page.keyboard.insertText('nothing 77');
    await page
      .getByRole('dialog')
      .getByText(/^No number, for letters/)
      .waitFor();
    expect(await page.getByRole('dialog').locator('.failure').count()).toBe(0);
    await context.close();
  });

  it('nothing that has happened is said to come, however little the simulated clock is ahead', async () => {
    const moved = await fetch(`${ground.service.baseUrl}/simulator/control/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"advance_seconds":42}',
    });
    expect(moved.status).toBe(200);
    const { page, context } = await open('system');
    await page.getByRole('button', { name: 'Look again' }).click();
    // Each check was made a moment ago, by the moved clock.
    await eventually(async () => {
      const times = await page.locator('.when time').allInnerTexts();
      expect(times.length).toBeGreaterThan(10);
      expect(times.filter((text) => !/^now$|ago$/.test(text))).toEqual([]);
    });
    await context.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { request } from 'undici';
import {
  arrived,
  cutTables,
  findChromium,
  launch,
  openPage,
  overflow,
  violations,
  type Watched,
} from './support/browser.js';
import { eventually } from './support/eventually.js';
import { startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';

const ADMIN_TOKEN = 'admin-token-of-the-console-facts';
const ASHA = '+14155550123';
const chromium = findChromium();

/** The pages for those who run the service: people, operators, accounts, alerts, audit, system. */
(chromium === null ? describe.skip : describe)('the console, for those who run it,', () => {
  let service: ServiceProcess;
  let remove: () => Promise<void>;
  let browser: Browser;
  let demo: { auth_id: string; auth_token: string };
  const opened: Watched[] = [];

  const ask = async <Body = Record<string, string>>(
    method: string,
    path: string,
    body?: object,
    token = ADMIN_TOKEN,
  ) => {
    const answer = await request(service.baseUrl + path, {
      method: method as 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: (text === '' ? {} : JSON.parse(text)) as Body };
  };

  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    service = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn', ADMIN_TOKEN });
    browser = await launch(chromium ?? '');
    demo = (await ask<typeof demo>('GET', '/simulator/control/demo-account')).body;
    const basic = `Basic ${Buffer.from(`${demo.auth_id}:${demo.auth_token}`).toString('base64')}`;
    const opens = await request(`${service.baseUrl}/v1/Account/${demo.auth_id}/Masking/Session/`, {
      method: 'POST',
      headers: { authorization: basic, 'content-type': 'application/json' },
      body: JSON.stringify({ first_party: ASHA, second_party: '+14155550124' }),
    });
    await opens.body.dump();
    expect(opens.statusCode).toBe(201);
    // Nobody keeps names short, or to one direction.
    const name = 'مطعم الليل – the night restaurant in the northern district';
    await ask('PATCH', `/admin/accounts/${demo.auth_id}`, { name });
    await ask('POST', `/admin/accounts/${demo.auth_id}/subaccounts`, { name });
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    await service.stop();
    await remove();
  });

  const open = async (options: { width?: number; colorScheme?: 'light' | 'dark' } = {}): Promise<Watched> => {
    const watched = await openPage(browser, { url: `${service.baseUrl}/console`, width: 1440, ...options });
    opened.push(watched);
    await watched.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    return watched;
  };
  const signIn = async (page: Page, token = ADMIN_TOKEN): Promise<void> => {
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
  };
  const signedIn = async (place: string, options: Parameters<typeof open>[0] = {}, token = ADMIN_TOKEN) => {
    const watched = await open(options);
    await signIn(watched.page, token);
    await watched.page.locator('.console').waitFor();
    await go(watched.page, place);
    return watched;
  };
  const go = async (page: Page, place: string): Promise<void> => {
    await page.goto(`${service.baseUrl}/console#/${place}`);
    await arrived(page, place);
  };
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  /** Of the dialog that is open. */
  const dialog = (page: Page) => page.locator('dialog[open]');

  it('lets in who shows a token, keeps none of it, and forgets the login at the end', async () => {
    const { page, context } = await open();
    await signIn(page, 'no-token-of-anybody');
    await page.getByText('This token opens nothing.').waitFor();
    await signIn(page);
    await page.locator('.console').waitFor();
    await page.reload();
    await page.locator('.console').waitFor();
    const kept = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])';
    expect(await page.evaluate(kept)).not.toContain(ADMIN_TOKEN);
    expect(await page.evaluate('document.cookie')).toBe('');
    await button(page, 'Sign out').click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await context.close();
  }, 90_000);

  it('adds an operator, whose token is shown once, rotates it and removes it by its name', async () => {
    const { page, context } = await signedIn('operators');
    await page.getByText('Only ADMIN_TOKEN opens this installation.').waitFor();
    await button(page, 'Add an operator').click();
    await dialog(page).getByLabel('Name').fill('ann@example.com');
    await dialog(page).getByLabel('Role').selectOption('support');
    await dialog(page).getByRole('button', { name: 'Add an operator' }).click();
    const token = await dialog(page).locator('.command code').innerText();
    expect((await ask('GET', '/admin/me', undefined, token)).body).toMatchObject({ name: 'ann@example.com' });
    await dialog(page).getByRole('button', { name: 'Copy the token' }).click();
    await eventually(async () => expect(await page.evaluate('navigator.clipboard.readText()')).toBe(token));
    await button(page, 'I have kept it').click();
    await eventually(async () => expect(await page.content()).not.toContain(token));

    await button(page, 'Rotate').click();
    await dialog(page).getByLabel('The old token opens for').selectOption('3600');
    await dialog(page).getByRole('button', { name: 'Rotate' }).click();
    const next = await dialog(page).locator('.command code').innerText();
    expect([token, next].includes('')).toBe(false);
    expect(next).not.toBe(token);
    await button(page, 'I have kept it').click();
    await page.getByText('opens until').waitFor();

    await button(page, 'Remove').click();
    const remover = dialog(page).getByRole('button', { name: 'Remove' });
    expect(await remover.isDisabled()).toBe(true);
    await dialog(page).getByRole('textbox').fill('ann@example.com');
    await remover.click();
    await page.getByText('ann@example.com was removed.').waitFor();
    expect((await ask('GET', '/admin/me', undefined, next)).status).toBe(401);
    await context.close();
  }, 90_000);

  it('finds a person, and erases it once the last four digits are typed; the number is in no address', async () => {
    const { page, context } = await signedIn('people');
    await page.getByText('Nobody has been looked up.').waitFor();
    await page.getByLabel('Phone number').fill('+1 (415) 555-0199');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is kept of this number.').waitFor();
    await page.getByLabel('Phone number').fill('+1 (415) 555-0123');
    await page.keyboard.press('Enter');
    await page.getByText('What is kept of +1 415 555 0123').waitFor();
    await page.locator('.person tbody', { hasText: '+1 415 ••• 0123' }).waitFor();

    const download = page.waitForEvent('download');
    await button(page, 'Export').click();
    expect((await download).suggestedFilename()).toMatch(/^person-[0-9a-f-]{36}\.json$/);

    await button(page, 'Erase').click();
    await dialog(page)
      .filter({ hasText: /Erases 1 session\b[^]*cannot be undone/ })
      .waitFor();
    const eraser = dialog(page).getByRole('button', { name: 'Erase' });
    await dialog(page).getByRole('textbox').fill('0124');
    expect(await eraser.isDisabled()).toBe(true);
    await dialog(page).getByRole('textbox').fill('0123');
    await eraser.click();
    await page.getByText('is done: nothing is found').waitFor();
    await page.waitForURL(/#\/people\/[0-9a-f-]{36}$/);
    const found = await ask<{ found: object }>('POST', '/admin/people/find', { number: ASHA });
    expect(found.body.found).toMatchObject({ sessions: 0 });
    await context.close();
  }, 90_000);

  it("changes an account's settings, and says what the service refuses with its request id", async () => {
    const { page, context } = await signedIn(`accounts/${demo.auth_id}`);
    await button(page, 'Change settings').click();
    await dialog(page).getByLabel('Countries that may be dialled').fill('us, zz');
    await dialog(page).getByRole('button', { name: 'Change settings' }).click();
    await dialog(page).getByText('Change settings: that did not work').waitFor();
    await dialog(page)
      .locator('.failure', { hasText: /ISO 3166[^]*Request id\s+[0-9a-f]/ })
      .waitFor();
    await dialog(page).getByLabel('Countries that may be dialled').fill('us, ca');
    await dialog(page).getByLabel('Taken out of texts').fill('numbers, links');
    await dialog(page).getByLabel('Words of texts in callbacks').fill('yes');
    await dialog(page).getByLabel('Pictures with texts').fill('yes');
    await dialog(page).getByLabel('The session is over').fill('-');
    await dialog(page).getByLabel('Not delivered').fill('It did not arrive.');
    await dialog(page).getByRole('button', { name: 'Change settings' }).click();
    await page.getByText('The settings were changed.').waitFor();
    const { body } = await ask('GET', `/admin/accounts/${demo.auth_id}/settings`);
    expect(body).toMatchObject({ allowed_countries: ['CA', 'US'], language: 'en-US' });
    expect(body).toMatchObject({
      text_redaction: ['links', 'numbers'],
      text_in_callbacks: true,
      messaging_media: true,
      text_notices: { expired: '', failed: 'It did not arrive.' },
    });
    await context.close();
  }, 90_000);

  it('finds the account of a link on whatever page of the list it is, and says of none that it is gone before all were read', async () => {
    const { page, context } = await signedIn('operators');
    const account = (place: number) => ({
      auth_id: `MA${String(place).padStart(18, '0')}`,
      name: `Shop ${place}`,
      plivo_auth_id: 'MAX',
      status: 'active',
      retention_days: null,
      created_at: '2026-11-29T12:00:00.000Z',
      subaccounts: [],
    });
    await context.route('**/admin/accounts?*', async (route) => {
      const start = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      const items = Array.from({ length: 100 }, (_, place) => account(start + place));
      await route.fulfill({ json: { items, next_cursor: start < 200 ? String(start + 100) : null } });
    });
    await go(page, `accounts/${account(250).auth_id}`);
    await page.locator('.detail h2', { hasText: 'Shop 250' }).waitFor();
    await page.evaluate(`location.hash = '#/accounts/MANONE'`);
    await page.locator('.detail h2', { hasText: 'No account has this Auth ID.' }).waitFor();
    await context.close();
  }, 90_000);

  it('adds an alert with a secret that is shown once, and removes it; the audit has both, in words', async () => {
    const { page, context } = await signedIn('alerts');
    await page.getByText('Nobody is told anything.').waitFor();
    await button(page, 'Add an alert').click();
    await dialog(page).getByLabel('URL').fill('http://127.0.0.1:9/alerts');
    await dialog(page).getByRole('button', { name: 'Add an alert' }).click();
    expect(await dialog(page).locator('.command code').innerText()).toMatch(/^whsec_/);
    await button(page, 'I have kept it').click();
    await button(page, 'Remove').click();
    await dialog(page).getByRole('button', { name: 'Remove' }).click();
    await page.getByText('Nobody is told anything.').waitFor();
    await go(page, 'audit');
    await page.getByRole('link', { name: /removed an alert by admin/ }).waitFor();
    await page.getByRole('link', { name: /added an alert by admin/ }).click();
    await page.locator('.detail').getByText('subscription.added').waitFor();
    await context.close();
  }, 90_000);

  it('shows at once what is known of the checks; what is found later comes to its place and moves nothing that is read', async () => {
    const { page, context } = await signedIn('operators');
    const well = { reason: null, remedy: null, as_of: new Date().toISOString(), is_running: false };
    const awaited = { verdict: null, found: null, reason: null, remedy: null, as_of: null, is_running: true };
    let late: object = awaited;
    await context.route('**/admin/system', async (route) => {
      const body = (await (await route.fetch()).json()) as object;
      const checks = [
        { ...well, name: 'node', verdict: 'ok', found: 'v20' },
        { name: 'plivo-credentials', ...late },
        { ...well, name: 'disk', verdict: 'failed', found: 'full', reason: 'Nothing is kept.', remedy: 'Make room.' },
      ];
      await route.fulfill({ json: { ...body, checks } });
    });
    await go(page, 'system');
    const rows = page.locator('.checks li');
    const summary = page.locator('.checks-summary');
    const shown = async (): Promise<string[]> =>
      (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').replace(/ ?(now|\d+ s ago)$/, ''));
    const before = [
      'does not work disk full Nothing is kept. What to do: Make room.',
      'well node v20',
      'looking… plivo-credentials Not looked at since this process started.',
    ];
    await eventually(async () => expect(await shown()).toEqual(before));
    await summary.getByText('looking, 1 to come').waitFor();
    await summary.getByRole('button', { name: 'Go to disk' }).click();
    expect(await page.evaluate('document.activeElement.dataset.check')).toBe('disk');
    const places = async (): Promise<unknown[]> => [
      (await summary.boundingBox())?.y,
      ...(await Promise.all([0, 1, 2].map(async (place) => (await rows.nth(place).boundingBox())?.y))),
    ];
    const stood = await places();

    late = { ...well, verdict: 'failed', found: 'Plivo refuses them', reason: 'No calls.', remedy: 'Set them.' };
    const told = 'does not work plivo-credentials Plivo refuses them No calls. What to do: Set them.';
    await eventually(async () => expect(await shown()).toEqual([...before.slice(0, 2), told]));
    expect(await places()).toEqual(stood);
    const status = page.getByRole('status').filter({ hasText: '2 things were found' });
    await status.getByRole('button', { name: 'Go to plivo-credentials' }).waitFor();
    expect(await summary.innerText()).not.toContain('to come');
    await context.close();
  }, 90_000);

  it('shows who may only read what they may not do, and who may', async () => {
    const made = await ask('POST', '/admin/operators', { name: 'vera', role: 'viewer' });
    const { page, context } = await signedIn('operators', {}, String(made.body['token']));
    const add = button(page, 'Add an operator');
    await eventually(async () =>
      expect([await add.isDisabled(), await add.getAttribute('title')]).toEqual([true, 'For the role admin.']),
    );
    await page.goto(`${service.baseUrl}/console#/people`);
    await page.getByText('Your role, viewer, does not see this page.').waitFor();
    await context.close();
  }, 90_000);

  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'axe finds nothing at %i px in the %s theme, and nothing is wider than the window',
    async (width, colorScheme) => {
      const watched = await open({ width, colorScheme });
      const { page } = watched;
      const wrong: unknown[] = [];
      const look = async (name: string): Promise<void> => {
        const over = await overflow(page);
        for (const each of await violations(watched)) wrong.push(`${name}: ${each}`);
        for (const each of await cutTables(page)) wrong.push(`${name}: ${each} is cut off`);
        if (over !== 0) wrong.push(`${name} is ${String(over)} px too wide`);
      };
      await look('sign-in');
      await signIn(page);
      await page.locator('.console').waitFor();
      for (const place of [
        'operators',
        'accounts',
        `accounts/${demo.auth_id}`,
        'alerts',
        'audit',
        'system',
        'people',
      ]) {
        await go(page, place);
        await look(place);
      }
      await go(page, 'operators');
      await button(page, 'Add an operator').click();
      await dialog(page).getByLabel('Name').waitFor();
      await look('a form');
      await watched.context.close();
      expect(wrong).toEqual([]);
    },
    90_000,
  );

  it('nothing was asked of another origin, and nothing was forbidden', () => {
    expect(opened.flatMap(({ foreign }) => foreign)).toEqual([]);
    const told = opened.flatMap(({ errors }) => errors).filter((text) => !text.startsWith('Failed to load resource'));
    expect(told).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { request } from 'undici';
import { findChromium, launch, openPage, overflow, violations, type Watched } from './support/browser.js';
import {
  ADMIN_TOKEN,
  AUTH_ID,
  AUTH_TOKEN,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';

const chromium = findChromium();

/** Somebody who tries the simulator with the settings that the real Plivo will have: the token is nobody's to be told. */
(chromium === null ? describe.skip : describe)('the phones with an account of their own', () => {
  let service: ServiceProcess;
  let remove: () => Promise<void>;
  let browser: Browser;
  const opened: Watched[] = [];

  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    const account = { PROVIDER: 'simulator', PLIVO_AUTH_ID: AUTH_ID, PLIVO_AUTH_TOKEN: AUTH_TOKEN };
    service = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn', ADMIN_TOKEN, ...account });
    browser = await launch(chromium ?? '');
  }, 60_000);

  afterAll(async () => {
    await browser.close();
    await service.stop();
    await remove();
  });

  const open = async (path = '/phones', options: { width?: number; colorScheme?: 'light' | 'dark' } = {}) => {
    const watched = await openPage(browser, { url: service.baseUrl + path, width: 1440, ...options });
    opened.push(watched);
    await watched.page.waitForSelector('h1');
    return watched;
  };
  const type = async (page: Page, id: string, token: string): Promise<void> => {
    await page.getByLabel('Auth ID').fill(id);
    await page.getByLabel('Auth Token').fill(token);
    await page.getByRole('button', { name: 'Use it' }).click();
  };
  const form = (page: Page) => page.getByRole('form', { name: 'Whose account?' });
  const asAdmin = async <Body>(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Body> => {
    const answer = await request(`${service.baseUrl}/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return JSON.parse(text === '' ? '{}' : text) as Body;
  };
  const isDone = (step: number): string => `.guide li:nth-child(${step})[data-state=done]`;

  it('ask whose it is, and take no wrong token: it is said, and asked for again', async () => {
    const { page, context } = await open();
    await form(page).waitFor();
    await page.keyboard.press('n');
    await page.getByRole('alert').filter({ hasText: 'Say first whose account it is' }).waitFor();
    await type(page, AUTH_ID, 'a-wrong-token');
    await form(page).getByRole('alert').filter({ hasText: 'Not used: invalid authentication credentials.' }).waitFor();
    expect(await page.getByRole('button', { name: 'Create a session' }).isEnabled()).toBe(false);
    await type(page, AUTH_ID, AUTH_TOKEN);
    await form(page).waitFor({ state: 'detached' });
    await context.close();
  });

  it('make a masked call with it, and show its token nowhere', async () => {
    const { page, context } = await open();
    await type(page, AUTH_ID, AUTH_TOKEN);
    await page.getByRole('button', { name: 'Create a session' }).click();
    await page.locator(isDone(1)).waitFor();
    await page.keyboard.press('c');
    await page.locator('.phone[data-role=second][data-face=ringing]').waitFor();
    for (const key of ['a', 'h']) {
      await page.locator(isDone(key === 'a' ? 2 : 3)).waitFor();
      await page.keyboard.press(key);
    }
    await page.locator(isDone(4)).waitFor();
    // Their own receiver is told as the demo account's is, signed with their token.
    await page.getByRole('tab', { name: 'Your callbacks' }).click();
    await page.locator('.entries strong', { hasText: 'SessionPartiesHangup' }).waitFor();
    await page.locator('.entries details', { hasText: 'signature V3 valid' }).first().waitFor();
    expect(await page.locator('.entries details', { hasNotText: 'signature V3 valid' }).count()).toBe(0);

    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    const seen = [
      await page.content(),
      await page.evaluate<string>('JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])'),
    ];
    for (const text of seen) expect(text).not.toContain(AUTH_TOKEN);
    expect(await page.locator('main').innerText()).toContain(`-u "${AUTH_ID}:$PLIVO_AUTH_TOKEN"`);

    // It stays in the page's memory: after a reload it is asked for, and the session is still the same.
    const number = await page.locator('.exchange .number').first().innerText();
    await page.reload();
    await type(page, AUTH_ID, AUTH_TOKEN);
    await page.locator('.exchange', { hasText: number }).waitFor();
    await page.locator(isDone(4)).waitFor();
    await context.close();
  }, 30_000);

  it('have calls only until an operator turns texts on for the account, and say so', async () => {
    const { page, context } = await open();
    await type(page, AUTH_ID, AUTH_TOKEN);
    await page.getByRole('button', { name: 'Create a session' }).click();
    await page.getByText('This session has calls only.').waitFor();
    // What is shown for a terminal is what worked: not that texts were tried first.
    const shown = await page.locator('.last-deed code').innerText();
    expect(shown.match(/-d/g)).toHaveLength(1);
    expect(shown).not.toContain('messaging');
    expect(await page.getByRole('button', { name: 'Say STOP' }).isEnabled()).toBe(false);
    await asAdmin('PATCH', `/accounts/${AUTH_ID}/settings`, { texts: 'on' });
    await page.reload();
    await type(page, AUTH_ID, AUTH_TOKEN);
    await form(page).waitFor({ state: 'detached' });
    await page.keyboard.press('n');
    await page.locator('.phone[data-role=first] .bubbles').waitFor();
    await page.keyboard.press('m');
    await page.locator('.phone[data-role=second] .bubble', { hasText: 'I am at the door.' }).waitFor();
    await context.close();
  }, 30_000);

  it('ask for the token again once it opens nothing any more', async () => {
    const { id, auth_token: token } = await asAdmin<Record<'id' | 'auth_token', string>>(
      'POST',
      `/accounts/${AUTH_ID}/tokens`,
      {},
    );
    const { page, context } = await open();
    await type(page, AUTH_ID, token);
    await form(page).waitFor({ state: 'detached' });
    await asAdmin('DELETE', `/accounts/${AUTH_ID}/tokens/${id}`);
    await page.keyboard.press('n');
    await form(page).waitFor();
    await page.getByRole('alert').filter({ hasText: 'invalid authentication credentials' }).waitFor();
    await context.close();
  }, 30_000);

  it('say what is missing where the account is one that the simulator does not play', async () => {
    const made = await asAdmin<Record<'auth_id' | 'auth_token', string>>('POST', '/accounts', {
      name: 'Another shop',
      plivo_auth_id: 'MAANOTHERANOTHER0000',
      plivo_auth_token: 'token-of-another-account',
    });
    const { page, context } = await open();
    await type(page, made.auth_id, made.auth_token);
    await form(page).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Create a session' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /refused.*Number pool exhausted/ })
      .waitFor();
    await context.close();
  });

  it.each([
    [1440, 'light'],
    [390, 'dark'],
  ] as const)('axe finds nothing at %i px in the %s theme', async (width, colorScheme) => {
    const watched = await open('/phones', { width, colorScheme });
    await type(watched.page, AUTH_ID, 'a-wrong-token');
    await form(watched.page).getByRole('alert').filter({ hasText: 'Not used' }).waitFor();
    expect(await violations(watched)).toEqual([]);
    expect(await overflow(watched.page)).toBe(0);
    await watched.context.close();
  });

  it('are led to from `/`, which knows the account by its variable alone', async () => {
    const { page, context } = await open('/');
    await page.locator('main', { hasText: 'curl -u "$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN"' }).waitFor();
    await page.getByRole('link', { name: 'Open the phones' }).click();
    await form(page).waitFor();
    await context.close();
  });

  it('ask nothing of another origin, and nothing is forbidden to them', () => {
    expect(opened.flatMap(({ foreign }) => foreign)).toEqual([]);
    const told = opened.flatMap(({ errors }) => errors).filter((text) => !text.startsWith('Failed to load resource'));
    expect(told).toEqual([]);
  });
});

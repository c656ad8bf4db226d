import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { arrived, findChromium, hashOf, openPage, signIn, type Cookies } from './support/browser.js';
import { ConsoleGround } from './support/console.js';
import { eventually } from './support/eventually.js';
import { ADMIN_TOKEN, temporaryFolder } from './support/process.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI] = ['+14155550123', '+14155550124'];
const ROLES = ['viewer', 'support', 'finance'] as const;
const chromium = findChromium();

interface Operator {
  id: string;
  token: string;
  cookies: Cookies;
}

/** What each role sees, and what becomes of a page whose login ends while it is open. */
(chromium === null ? describe.skip : describe)('who looks at the console', () => {
  const ground = new ConsoleGround();
  const { send, open } = ground;
  const operators = new Map<string, Operator>();
  let call: string;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    ground.whenOver(folder.remove);
    const settings = { DATA_DIR: folder.path, ADMIN_TOKEN, LOG_LEVEL: 'error', RATE_LIMIT: 'off' };
    await ground.start(settings, chromium, oneCall);
    for (const role of ROLES) operators.set(role, await add(role, role));
    call = (await send<{ items: { call_id: string }[] }>('/admin/calls')).items[0]?.call_id ?? '';
  }, 120_000);

  afterAll(() => ground.stop());

  async function oneCall(): Promise<void> {
    const plivo = simulatedPlivo(ground.phones);
    const account = await plivo.control<Record<'auth_id' | 'auth_token', string>>('GET', '/demo-account');
    const { virtual_number: via } = await send<{ virtual_number: string }>(
      `/v1/Account/${account.auth_id}/Masking/Session/`,
      {
        method: 'POST',
        as: `Basic ${Buffer.from(`${account.auth_id}:${account.auth_token}`).toString('base64')}`,
        body: { first_party: ASHA, second_party: RAVI },
      },
    );
    await plivo.talk(RAVI, `+${via.replace('+', '')}`, ASHA, 42);
  }

  async function add(name: string, role: string): Promise<Operator> {
    const made = await send<{ id: string; token: string }>('/admin/operators', {
      method: 'POST',
      body: { name, role },
    });
    return { ...made, cookies: await signIn(ground.browser, ground.service.baseUrl, made.token) };
  }

  const as = (role: string, place: string, width = 1440) =>
    open(place, { width, cookies: operators.get(role)?.cookies ?? [] });
  const goTo = (place: string) => `${ground.service.baseUrl}/console#/${place}`;

  it.each(ROLES)(
    '%s is refused nothing that a page asks for by itself',
    async (role) => {
      const { page, context } = await as(role, 'overview');
      const refused: string[] = [];
      page.on('response', (answer) => answer.status() >= 400 && refused.push(`${answer.status()} ${answer.url()}`));
      const links = await page.locator('.side-bar a.place').all();
      const shown = await Promise.all(links.map((link) => link.getAttribute('href')));
      for (const place of [...shown.map((href) => href?.slice(2) ?? ''), `calls/${call}`]) {
        await page.goto(goTo(place));
        await arrived(page, place);
        expect(await page.locator('.failure').allInnerTexts()).toEqual([]);
      }
      expect(refused).toEqual([]);
      await context.close();
    },
    90_000,
  );

  it('finance, who may not search, is offered no search, by no key and on no phone', async () => {
    for (const width of [1440, 390]) {
      const { page, context } = await as('finance', 'calls', width);
      for (const key of ['/', 'Control+k']) await page.keyboard.press(key);
      await page.keyboard.press('?');
      await page.getByRole('heading', { name: 'Keys' }).waitFor();
      expect(await page.locator('dialog[open]').innerText()).not.toContain('search');
      expect(await page.getByRole('button', { name: /Search/ }).count()).toBe(0);
      const bar = 'document.querySelector(".bottom-bar > button").getBoundingClientRect().right';
      if (width === 390) expect(await page.evaluate(bar)).toBeCloseTo(390, 0);
      await context.close();
    }
  });

  it('finance sees which session a call was of, and no link to what finance may not see', async () => {
    const { page, context } = await as('finance', `calls/${call}`);
    await page.getByRole('button', { name: 'Copy Session' }).waitFor();
    expect(await page.locator('.detail a[href*="sessions"]').count()).toBe(0);
    await context.close();
  });

  it('who follows a link to a page of other roles is told whose it is, and is led on', async () => {
    const { page, context } = await as('finance', 'overview');
    await page.goto(goTo('sessions'));
    await page.getByText('It is for the roles viewer, support and admin.').waitFor();
    await page.getByRole('link', { name: 'To the overview' }).click();
    await arrived(page, 'overview');
    await context.close();
  });

  it('who may not do something is told by touch and by keyboard too who may', async () => {
    const { page, context } = await as('viewer', 'operators', 390);
    const button = page.getByRole('button', { name: 'Add an operator' });
    expect(await button.isDisabled()).toBe(true);
    const paint = (of: Page) => of.evaluate('getComputedStyle(document.querySelector(".button.main")).backgroundColor');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').filter({ hasText: 'For the role admin.' }).waitFor();
    expect(await page.locator('dialog[open]').count()).toBe(0);
    const { page: other, context: others } = await open('operators', { width: 390 });
    expect(await paint(page)).not.toBe(await paint(other));
    await Promise.all([context.close(), others.close()]);
  });

  it('who is signed out while a page is open is told why, and comes back to it by signing in', async () => {
    const { id, cookies } = await add('brief', 'support');
    const { page, context } = await open('calls', { cookies });
    const { token } = await send<{ token: string }>(`/admin/operators/${id}/rotate`, {
      method: 'POST',
      body: { overlap_seconds: 0 },
    });
    await page.goto(goTo(`calls/${call}`));
    await page.getByText('Your sign-in is over').waitFor();
    await page.reload();
    await page.getByText('Your sign-in is over').waitFor();
    await page.locator('input:focus').waitFor();
    await page.keyboard.insertText(token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Call of/ }).waitFor();
    expect(await hashOf(page)).toBe(`#/calls/${call}`);
    await context.close();
  });

  it('another tab follows at once who signs out, and who signs in then', async () => {
    const { page, context } = await open('calls', { cookies: (await add('tabs', 'support')).cookies });
    const other = await context.newPage();
    await other.goto(goTo('calls'));
    await arrived(other, 'calls');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Token').waitFor({ timeout: 5_000 });
    await page.getByLabel('Token').fill(ADMIN_TOKEN);
    await page.keyboard.press('Enter');
    await other.getByText('admin', { exact: true }).filter({ visible: true }).waitFor({ timeout: 5_000 });
    await context.close();
  });

  it('comes back to events after a proxy has answered in their place', async () => {
    const { page, context } = await open('calls');
    let isAway = true;
    await context.route('**/admin/events', (route) => (isAway ? route.fulfill({ status: 502 }) : route.continue()));
    const [answered] = await Promise.all([page.waitForResponse('**/admin/events'), page.reload()]);
    expect(answered.status()).toBe(502);
    await page.getByText('every 5 s', { exact: true }).waitFor();
    isAway = false;
    await page.getByText('live', { exact: true }).waitFor();
    await context.close();
  }, 60_000);

  it('loads itself anew where a page did not come because the service was upgraded', async () => {
    const { page, context } = await openPage(ground.browser, {
      url: goTo('calls'),
      width: 1440,
      cookies: ground.cookies,
    });
    await arrived(page, 'calls');
    let isGone = true;
    const ofBefore = (route: Route) => (isGone ? route.fulfill({ status: 404 }) : route.continue());
    await context.route('**/assets/sessions-*.js', ofBefore);
    const ofTheNext = async (route: Route): Promise<void> => {
      const response = await route.fetch();
      const body = (await response.text()).replaceAll(/console-[^"]+\.js/g, 'console-of-the-next.js');
      isGone = false;
      await route.fulfill({ response, body });
    };
    await context.route('**/console', ofTheNext, { times: 1 });
    await Promise.all([page.waitForEvent('load'), page.getByRole('link', { name: 'Sessions', exact: true }).click()]);
    await arrived(page, 'sessions');
    expect(await page.locator('.failure').count()).toBe(0);
    await context.close();
  });

  it('asks nothing of another origin, and nothing is forbidden to it', async () => {
    await eventually(async () => ground.expectQuiet('Failed to load resource'));
  });
});

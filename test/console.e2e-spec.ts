import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { request } from 'undici';
import {
  arrived,
  cutTables,
  findChromium,
  hashOf,
  launch,
  openPage,
  overflow,
  violations,
  type Cookies,
  type Watched,
} from './support/browser.js';
import { eventually } from './support/eventually.js';
import { ADMIN_TOKEN, startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI, STRANGER] = ['+14155550123', '+14155550124', '+14155550777'];
const chromium = findChromium();

/** One service with a few calls in it, and somebody who signs in. The console speaks to it over HTTP alone, as on every database. */
(chromium === null ? describe.skip : describe)('the console', () => {
  let service: ServiceProcess;
  let remove: () => Promise<void>;
  let browser: Browser;
  let admin: Cookies;
  let viewer: Cookies;
  let session: string;
  const opened: Watched[] = [];

  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    service = await startProcess({ DATA_DIR: folder.path, ADMIN_TOKEN, LOG_LEVEL: 'warn' });
    browser = await launch(chromium ?? '');
    await someCalls();
    const { token } = await ask<{ token: string }>('POST', '/admin/operators', { name: 'eve', role: 'viewer' });
    admin = await signIn(ADMIN_TOKEN);
    viewer = await signIn(token);
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    await service.stop();
    await remove();
  });

  async function ask<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Body> {
    const answer = await request(service.baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.body.json()) as Body;
  }

  /** Ravi talked with Asha, who declined the next call; a stranger was refused; another session is live. */
  async function someCalls(): Promise<void> {
    const plivo = simulatedPlivo(
      () =>
        ({
          request: async (path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) => {
            const answer = await request(service.baseUrl + path, {
              method: method as 'GET',
              headers: { 'content-type': 'application/json' },
              ...(body !== undefined && { body: JSON.stringify(body) }),
            });
            const text = await answer.body.text();
            return { status: answer.statusCode, text, body: JSON.parse(text === '' ? '{}' : text) };
          },
        }) as never,
    );
    const account = await plivo.control<Record<'auth_id' | 'auth_token', string>>('GET', '/demo-account');
    const made = await request(`${service.baseUrl}/v1/Account/${account.auth_id}/Masking/Session/`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${account.auth_id}:${account.auth_token}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ first_party: ASHA, second_party: RAVI }),
    });
    const created = (await made.body.json()) as { session_uuid: string; virtual_number: string };
    session = created.session_uuid;
    const via = `+${created.virtual_number.replace('+', '')}`;
    await plivo.talk(RAVI, via, ASHA, 42);
    await plivo.prepare(RAVI, { behaviour: 'decline', after_seconds: 0 });
    await plivo.settled(await plivo.call(ASHA, via));
    await plivo.settled(await plivo.call(STRANGER, via));
  }

  async function signIn(token: string): Promise<Cookies> {
    const watched = await openPage(browser, { url: `${service.baseUrl}/console`, width: 1440 });
    opened.push(watched);
    await watched.page.getByLabel('Token').fill(token);
    await watched.page.keyboard.press('Enter');
    await watched.page.getByRole('heading', { name: 'Overview' }).waitFor();
    const cookies = await watched.context.cookies();
    await watched.context.close();
    return cookies;
  }

  const open = async (
    place: string,
    options: { width?: number; colorScheme?: 'light' | 'dark'; cookies?: Cookies } = {},
  ): Promise<Watched> => {
    const watched = await openPage(browser, {
      url: `${service.baseUrl}/console#/${place}`,
      width: 1440,
      cookies: admin,
      ...options,
    });
    opened.push(watched);
    await watched.page.locator('.page h1, .detail h2').filter({ visible: true }).first().waitFor();
    return watched;
  };
  const row = (page: Page, text: string) => page.locator('.body .row', { hasText: text });

  it('lets in nobody without a token that opens something, and keeps none where a script could read it', async () => {
    const { page, context } = await openPage(browser, { url: `${service.baseUrl}/console`, width: 1440 });
    await page.getByLabel('Token').fill('x'.repeat(40));
    await page.keyboard.press('Enter');
    await page.getByText('This token opens nothing').waitFor();
    await page.getByLabel('Token').fill(ADMIN_TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(await page.evaluate('JSON.stringify([document.cookie, localStorage, sessionStorage])')).not.toContain(
      ADMIN_TOKEN,
    );
    expect((await context.cookies()).map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([[true, 'Strict']]);
    await context.close();
  });

  it.each(['+14155550123', '(415) 555-0123', '001 415 555 0123', '４１５－５５５－０１２３'])(
    'leads support from %s to the call that failed, and why, in three steps',
    async (pasted) => {
      const { page, context } = await open('overview');
      await page.keyboard.press('/');
      await page.keyboard.insertText(pasted);
      const found = page
        .getByRole('dialog')
        .locator('li', { hasText: /declined[^]*The other party declined the call/ });
      await found.getByRole('link').click();
      await page.getByRole('heading', { name: /^Call of/ }).waitFor();
      await page.locator('.detail .under', { hasText: /declined\s+The other party declined the call/ }).waitFor();
      expect(await hashOf(page)).toMatch(/^#\/calls\/[0-9a-f-]{36}$/);
      await context.close();
    },
  );

  it('draws what became of the calls of today hour by hour, and has it as a table', async () => {
    const { page, context } = await open('overview');
    const chart = page.getByRole('figure', { name: 'Outcomes by the hour' });
    await chart.locator('svg rect[data-kind=declined]:not([height="0"])').first().waitFor();
    await chart.getByRole('button', { name: 'As a table' }).click();
    const columns = await chart.locator('thead th').allInnerTexts();
    const cells = (await chart.locator('tbody tr').allInnerTexts()).map((text) => text.split('\t'));
    const sumOf = (name: string): number =>
      cells.reduce((all, hour) => all + (Number(hour[columns.indexOf(name)]) || 0), 0);
    expect(columns.slice(1).map((name) => [name, sumOf(name)])).toEqual([
      ['connected', 1],
      ['no answer', 0],
      ['busy', 0],
      ['declined', 1],
      ['given up', 0],
      ['refused', 1],
      ['failed', 0],
    ]);
    // Hours to come are no nought, and lead nowhere.
    const toCome = cells.map(([, count]) => count === 'nothing known');
    const begun = await chart.locator('tbody a').count();
    expect(toCome).toEqual(cells.map((_, place) => place >= begun));
    await context.close();
  });

  it('works by the keyboard alone', async () => {
    const { page, context } = await open('overview');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('heading', { name: 'Calls' }).waitFor();
    await row(page, 'refused').waitFor();
    for (const key of ['j', 'j', 'k', 'j']) await page.keyboard.press(key);
    await page.locator('.row[data-at="true"]', { hasText: 'declined' }).locator('a:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^Call of/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.detail').waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('go to a page').waitFor();
    await page.getByLabel('Letters alone do something').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await page.keyboard.press('Control+k');
    // Keys are heard one after the other: what the letters would have done is done.
    await page.getByLabel('Number, id, or last four digits').waitFor();
    expect(await hashOf(page)).toBe('#/calls');
    await context.close();
  });

  it('keeps every filter in the address', async () => {
    const { page, context } = await open('calls');
    await row(page, 'declined').waitFor();
    await page.getByLabel('Outcome').selectOption('refused');
    await row(page, 'declined').waitFor({ state: 'detached' });
    await page.locator('summary', { hasText: 'Party' }).click();
    await page.keyboard.insertText('+1 415-555-0777');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      expect(Object.fromEntries(new URLSearchParams((await hashOf(page)).split('?')[1]))).toEqual({
        outcome: 'refused',
        party: '+1 415-555-0777',
      }),
    );
    await page.reload();
    await row(page, '0777').waitFor();
    await eventually(async () => expect(await page.locator('.body .row').count()).toBe(1));
    await page.getByRole('button', { name: 'Remove the filter Party' }).click();
    await page.getByLabel('Outcome').selectOption('busy');
    await page.getByText('Nothing fits these filters.').waitFor();
    await page.getByRole('link', { name: 'Clear the filters' }).click();
    await row(page, 'declined').waitFor();
    await context.close();
  });

  it('shows whole numbers for a minute to whom may see them and says why, and the audit tells it', async () => {
    const { page, context } = await open(`sessions/${session}`);
    await page.clock.install();
    await page.getByRole('button', { name: 'Show whole numbers' }).click();
    await page.getByLabel('Why do you need them?').fill('The customer asked which phone we have');
    await page.keyboard.press('Enter');
    await page.locator('.fact-list', { hasText: '+1 415 555 0123' }).waitFor();
    const { items } = await ask<{ items: { action: string; details: object }[] }>('GET', '/admin/audit?limit=5');
    expect(items).toContainEqual(
      expect.objectContaining({
        action: 'numbers.revealed',
        details: expect.objectContaining({ reason: 'The customer asked which phone we have' }),
      }),
    );
    await page.clock.fastForward(61_000);
    await page.locator('.fact-list', { hasText: '+1 415 ••• 0123' }).waitFor();
    await eventually(async () => expect(await page.locator('.console').innerText()).not.toContain('555 0123'));
    await context.close();
  });

  it('shows a viewer what a viewer may not do, and lets nobody do it', async () => {
    const { page, context } = await open(`sessions/${session}`, { cookies: viewer });
    for (const [name, role] of [
      ['Show whole numbers', 'support and admin'],
      ['End the session', 'support or admin'],
    ] as const) {
      const button = page.getByRole('button', { name });
      await eventually(async () =>
        expect([await button.isDisabled(), await button.getAttribute('title')]).toEqual([
          true,
          expect.stringContaining(role),
        ]),
      );
    }
    await context.close();
  });

  it('draws of 100,000 rows what can be seen, and asks for the next page while somebody scrolls', async () => {
    const { page, context } = await open('calls');
    let pages = 0;
    await context.route('**/admin/calls?*', async (route) => {
      pages += 1;
      const start = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
      await route.fulfill({ json: { items: manyCalls(start), next_cursor: String(start + 100) } });
    });
    await page.getByLabel('Outcome').selectOption('busy');
    await row(page, 'busy').first().waitFor();
    for (let times = 0; times < 12; times += 1) {
      await page.evaluate("document.querySelector('.rows').scrollTop = 1e9");
      await page.locator(`.body[style*="height: ${(times + 2) * 3600}px"]`).waitFor();
    }
    expect(pages).toBeGreaterThan(12);
    expect(await page.evaluate("document.querySelector('.rows').scrollHeight")).toBeGreaterThan(12 * 100 * 36);
    expect(await page.locator('.body .row').count()).toBeLessThan(70);
    await context.close();
  }, 60_000);

  it('keeps every page within the window and its ways in sight at 200 % zoom, which is 720 px of 1440', async () => {
    const { page, context } = await open('overview', { width: 720 });
    await page.setViewportSize({ width: 720, height: 450 });
    await page.getByRole('button', { name: 'More' }).click();
    const places = await page
      .locator('dialog[open] a[href^="#/"], .bottom-bar > a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    expect(new Set(places).size).toBeGreaterThanOrEqual(17);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    for (const place of new Set(places)) {
      await page.evaluate(`location.hash = '${place}'`);
      await arrived(page, place.slice('#/'.length));
      expect([place, await overflow(page)]).toEqual([place, 0]);
      await page.getByRole('link', { name: 'Calls', exact: true }).filter({ visible: true }).first().waitFor();
    }
    await context.close();
  });

  it('extends a session by the span that is chosen', async () => {
    const { page, context } = await open(`sessions/${session}`);
    await page.getByRole('button', { name: 'Extend' }).click();
    await page.getByLabel('Ends in').selectOption('4 h');
    await page.getByRole('dialog').getByRole('button', { name: 'Extend' }).click();
    await page.locator('.detail .under', { hasText: /(?:3 h 59 min|4 h) left/ }).waitFor();
    await page.keyboard.press('Escape');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Export CSV').click()]);
    expect([download.suggestedFilename(), readFileSync(await download.path(), 'utf8')]).toEqual([
      'sessions.csv',
      expect.stringContaining(session),
    ]);
    await context.close();
  });

  it('ends a session once its last four characters are typed', async () => {
    const { page, context } = await open(`sessions/${session}`);
    await page.getByRole('button', { name: 'End the session' }).click();
    const dialog = page.getByRole('dialog');
    const yes = dialog.getByRole('button', { name: 'End the session' });
    expect(await yes.isDisabled()).toBe(true);
    await dialog.getByRole('textbox').fill(session.slice(-4));
    await yes.click();
    await page.getByText('The session is over.').waitFor();
    await page.locator('.detail .under', { hasText: 'ended' }).waitFor();
    await context.close();
  });

  it('says what failed, by which id the log knows it, and tries again', async () => {
    const { page, context } = await open('overview');
    await context.route('**/admin/sessions?*', (route) =>
      route.fulfill({
        status: 503,
        headers: { 'x-request-id': '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f' },
        json: { code: 'overloaded', detail: 'too much is asked at once' },
      }),
    );
    await page.goto(`${service.baseUrl}/console#/sessions?status=expired`);
    const told = page.getByRole('alert');
    await told
      .filter({ hasText: 'too much is asked at once' })
      .filter({ hasText: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f' })
      .waitFor();
    await context.unrouteAll();
    await told.getByRole('button', { name: 'Try again' }).click();
    await told.waitFor({ state: 'detached' });
    await context.close();
  }, 60_000);

  it('shows the way back to the whole list where a link has a filter that is refused', async () => {
    const { page, context } = await open('sessions?party=nobody');
    const failure = page.getByRole('alert');
    await failure.getByText('party').first().waitFor();
    expect(await failure.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await failure.getByRole('link', { name: 'Clear the filters' }).click();
    await page.locator('.body .row').first().waitFor();
    expect(await hashOf(page)).toBe('#/sessions');
    await context.close();
  });

  it('says of a list what a link has narrowed it to, and of nothing that fits no more than that', async () => {
    const { page, context } = await open('calls?outcome=none-such');
    await page.getByRole('alert').getByText('outcome must be').waitFor();
    const chip = page.locator('label.filter', { hasText: 'Outcome' }).locator('select');
    expect(await chip.inputValue()).toBe('none-such');
    await page.goto(`${service.baseUrl}/console#/audit?actor=nobody`);
    await page.getByText('Nothing fits these filters.').waitFor();
    expect(await page.getByText('Nothing has been done yet.').count()).toBe(0);
    await context.close();
  });

  it('says of nothing that it is well where it could not be asked', async () => {
    const { page, context } = await open('calls');
    await context.route(/admin\/(?!me|events)/, (route) =>
      route.fulfill({ status: 403, json: { code: 'role_needed', detail: 'for others' } }),
    );
    await page.goto('about:blank');
    await page.goto(`${service.baseUrl}/console#/overview`);
    await page.getByText('Not everything could be asked').waitFor();
    await page.locator('.tile', { hasText: 'Calls today' }).getByText('not known').waitFor();
    expect(await page.getByText(/Nothing needs a look|none yet/).count()).toBe(0);
    await context.close();
  });

  it('says of what is not there that it is not, and offers no second try that would find as little', async () => {
    const { page, context } = await open('calls');
    for (const place of ['calls/0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f', 'numbers/%2B14155550999']) {
      await page.goto(`${service.baseUrl}/console#/${place}`);
      const failure = page.getByRole('alert').filter({ hasText: 'It may have been deleted' });
      await failure.waitFor();
      expect(await failure.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    }
    await page.goto(`${service.baseUrl}/console#/audit/0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f`);
    await page.getByText('No entry of this list has this id.').waitFor();
    await context.close();
  });

  it('says that the file of a page did not come, keeps what surrounds it, and tries again', async () => {
    const { page, context } = await open('calls');
    await context.route('**/assets/sessions-*.js', (route) => route.abort());
    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    const told = page.getByRole('alert').filter({ hasText: 'This page did not come.' });
    await told.waitFor();
    await page.getByRole('link', { name: 'Calls', exact: true }).click();
    await row(page, 'declined').waitFor();
    await page.getByRole('link', { name: 'Sessions', exact: true }).click();
    await told.waitFor();
    await context.unrouteAll();
    await told.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.body .row').first().waitFor();
    await context.close();
  }, 60_000);

  it.each(['Escape', 'back'])('brings who closes a detail back to its row, by %s', async (how) => {
    const { page, context } = await open('calls');
    await row(page, 'declined').click();
    await page.getByRole('heading', { name: /^Call of/ }).waitFor();
    await (how === 'back' ? page.goBack() : page.keyboard.press('Escape'));
    await page.locator('.detail').waitFor({ state: 'detached' });
    await row(page, 'declined').locator('a:focus').waitFor();
    await page.keyboard.press('k');
    await page.locator('.row[data-at="true"]', { hasText: 'refused' }).locator('a:focus').waitFor();
    await context.close();
  });

  it('says of who could not be signed out that the login goes on', async () => {
    const { page, context } = await open('calls');
    await context.route('**/admin/logout', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('status').filter({ hasText: 'You are still signed in' }).waitFor();
    await page.getByRole('heading', { name: 'Calls' }).waitFor();
    await context.close();
  });

  it.each([
    [1440, 'light'],
    [1440, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'axe finds nothing at %i px in the %s theme',
    async (width, colorScheme) => {
      const call = (await ask<{ items: { call_id: string }[] }>('GET', '/admin/calls?outcome=connected')).items[0];
      const places = [
        'overview',
        'calls',
        `calls/${call?.call_id}`,
        'sessions',
        `sessions/${session}`,
        'calls?party=x',
      ];
      const watched = await open('overview', { width, colorScheme });
      const { page, context } = watched;
      for (const place of places) {
        await page.evaluate(`location.hash = '#/${place}'`);
        await arrived(page, place);
        expect([place, await violations(watched)]).toEqual([place, []]);
        expect([place, await overflow(page)]).toEqual([place, 0]);
        expect([place, await cutTables(page)]).toEqual([place, []]);
      }
      await page.keyboard.press('/');
      await page.keyboard.insertText('0123');
      await page.getByRole('dialog').locator('li').first().waitFor();
      expect(['search', await violations(watched)]).toEqual(['search', []]);
      await context.close();
    },
    90_000,
  );

  it('asks nothing of another origin, and nothing is forbidden to it', () => {
    expect(opened.length).toBeGreaterThan(10);
    expect(opened.flatMap(({ foreign }) => foreign)).toEqual([]);
    const told = opened.flatMap(({ errors }) => errors).filter((text) => !text.startsWith('Failed to load resource'));
    expect(told).toEqual([]);
  });
});

function manyCalls(start: number): object[] {
  return Array.from({ length: 100 }, (_, place) => ({
    call_id: `01a2294b-7e80-74b3-aefe-${String(start + place).padStart(12, '0')}`,
    account: 'MADEMODEMODEMODEMO00',
    session_uuid: null,
    virtual_number: '+14155550100',
    kind: 'inbound',
    direction: 'inbound',
    caller: '+1415•••0123',
    dialled: '+1415•••0124',
    decision: 'connect',
    outcome: 'busy',
    reason: 'not connected: the other party was busy',
    started_at: new Date(1_764_500_000_000 - (start + place) * 1000).toISOString(),
    ended_at: null,
    legs: [],
    provider_amount: '0',
    fees: '0',
    amount: '0',
    currency: 'USD',
  }));
}

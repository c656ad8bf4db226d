import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { PATIENCE_MS, SLOWER } from './eventually.js';

const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The machine's Chromium; null on a developer's machine without it, where its facts are skipped with a sentence. CI must have it. */
export function findChromium(): string | null {
  // For a run on a second Node: what a page does in the browser is the same whichever has served it.
  if (process.env.SKIP_BROWSER === '1') return null;
  const found = PLACES.find((path) => existsSync(path)) ?? null;
  if (found === null && process.env.CI)
    throw new Error('Chromium is missing: .ci/run installs it with "apt-get install chromium"');
  if (found === null)
    process.stderr.write(
      'No Chromium on this machine: facts about the pages are skipped. "apt-get install chromium" brings it.\n',
    );
  return found;
}

export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** What a page has asked for and complained about. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  /** URLs of requests that left `baseUrl`. */
  foreign: string[];
  /** Errors that the browser shows in its console: what the policy forbids is among them. */
  errors: string[];
}

interface Opening {
  url: string;
  width: number;
  colorScheme?: 'light' | 'dark';
  /** Of a context that has signed in. */
  cookies?: Cookies;
}

/**
 * When the console shows this place and nothing on it is still to come: what a page showed before is still in sight for a while after its address has changed, and
 * would be taken for what was gone to. `place`: what stands behind the `#/`.
 */
export async function arrived(page: Page, place: string): Promise<void> {
  const [path = ''] = place.split('?');
  const [name = '', id] = path.split('/');
  await page.locator(`[aria-current="page"][href="#/${name}"]`).first().waitFor({ state: 'attached' });
  await page
    .locator('.detail h2')
    .first()
    .waitFor({ state: id === undefined ? 'detached' : 'visible' });
  await page.locator('.page h1').first().waitFor({ state: 'attached' });
  await page.locator('.skeleton, [aria-busy="true"], [data-stale="true"]').first().waitFor({ state: 'detached' });
}

/** What is behind the `#`, as the page itself knows it: `page.url()` hears of it later. */
export function hashOf(page: Page): Promise<string> {
  return page.evaluate('location.hash');
}

/** As a person does, by the token; what opens pages for it from then on. */
export async function signIn(browser: Browser, baseUrl: string, token: string): Promise<Cookies> {
  const { page, context } = await openPage(browser, { url: `${baseUrl}/console`, width: 1440 });
  await page.getByLabel('Token').fill(token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** Tables and lists of which something can be seen only by who scrolls them sideways. */
export function cutTables(page: Page): Promise<string[]> {
  return page.evaluate(
    `[...document.querySelectorAll('.scrolls, .rows')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => (one.ariaLabel ?? one.firstElementChild.ariaLabel))`,
  );
}

export type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** Where every page of the specs begins. */
export async function emptyPage(
  browser: Browser,
  options: BrowserContextOptions,
): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await slowDown(page);
  return { page, context };
}

/** It holds as long as the session that asked for it, and none has ended since. */
async function slowDown(page: Page): Promise<void> {
  if (SLOWER === 1) return;
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
}

export async function openPage(
  browser: Browser,
  { url, width, colorScheme = 'light', cookies }: Opening,
): Promise<Watched> {
  const { page, context } = await emptyPage(browser, {
    ...(cookies !== undefined && { storageState: { cookies, origins: [] } }),
    viewport: { width, height: 900 },
    colorScheme,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { origin } = new URL(url);
  const watched: Watched = { page, context, foreign: [], errors: [] };
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) watched.foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') watched.errors.push(message.text());
  });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  await page.goto(url);
  return watched;
}

/** What axe-core finds: rule and element of each. It runs beside the page's own policy, which lets no script in, and at full speed. */
export async function violations({ context, page }: Watched): Promise<string[]> {
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const { result: known } = await session.send('Runtime.evaluate', { expression: 'typeof axe' });
  if (known.value === 'undefined') await session.send('Runtime.evaluate', { expression: axe.source });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  await slowDown(page);
  return JSON.parse(String(result.value)) as string[];
}

import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** For one step of a person; more than any takes on a busy machine. */
const PATIENCE_MS = 10_000;
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The machine's Chromium; null on a developer's machine without it, where its facts are skipped with a sentence. CI must have it. */
export function findChromium(): string | null {
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

export async function openPage(
  browser: Browser,
  { url, width, colorScheme = 'light' }: { url: string; width: number; colorScheme?: 'light' | 'dark' },
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
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

/** What axe-core finds: rule and element of each. It runs beside the page's own policy, which lets no script in. */
export async function violations({ context, page }: Watched): Promise<string[]> {
  const session = await context.newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe.source });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return JSON.parse(String(result.value)) as string[];
}

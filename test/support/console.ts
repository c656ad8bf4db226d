import { expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { arrived, launch, openPage, signIn, type Cookies, type Watched } from './browser.js';
import { ADMIN_TOKEN, startProcess, type ServiceProcess } from './process.js';

interface Sending {
  method?: string;
  /** The header `Authorization`. */
  as?: string;
  body?: unknown;
}

interface Opening {
  width?: number;
  colorScheme?: 'light' | 'dark';
  cookies?: Cookies;
}

/** A service as a process, a browser, and an admin who has signed in at its console. */
export class ConsoleGround {
  service!: ServiceProcess;
  browser!: Browser;
  /** Of the admin. */
  cookies!: Cookies;
  private readonly opened: Watched[] = [];
  private readonly closers: (() => Promise<unknown>)[] = [];

  /** `live`: what has happened before somebody looks. What is given to `whenOver` is done at the end, the last first. */
  async start(
    settings: Record<string, string>,
    chromium: string | null,
    live: () => Promise<void> = async () => undefined,
  ): Promise<void> {
    this.service = await startProcess(settings);
    this.whenOver(() => this.service.stop());
    this.browser = await launch(chromium ?? '');
    this.whenOver(() => this.browser.close());
    await live();
    this.cookies = await signIn(this.browser, this.service.baseUrl, ADMIN_TOKEN);
  }

  whenOver(closer: () => Promise<unknown>): void {
    this.closers.push(closer);
  }

  async stop(): Promise<void> {
    for (const close of this.closers.toReversed()) await close();
  }

  readonly send = async <Body>(
    path: string,
    { method = 'GET', as = `Bearer ${ADMIN_TOKEN}`, body }: Sending = {},
  ): Promise<Body> => {
    const answer = await request(this.service.baseUrl + path, {
      method: method as 'GET',
      headers: { authorization: as, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return JSON.parse(text === '' ? '{}' : text) as Body;
  };

  /** What simulated phones need of a service. */
  readonly phones = () =>
    ({
      request: async (path: string, { method = 'GET', body }: Sending = {}) => ({
        status: 200,
        body: await this.send(path, { method, body }),
      }),
    }) as never;

  readonly open = async (place: string, options: Opening = {}): Promise<Watched> => {
    const url = `${this.service.baseUrl}/console#/${place}`;
    const watched = await openPage(this.browser, { url, width: 1440, cookies: this.cookies, ...options });
    this.opened.push(watched);
    await arrived(watched.page, place);
    return watched;
  };

  /** Of all pages together: nothing was asked of another origin, and nothing was complained of but what begins so: refusals on purpose, which the browser notes. */
  expectQuiet(...expected: string[]): void {
    expect(this.opened.flatMap(({ foreign }) => foreign)).toEqual([]);
    const told = this.opened.flatMap(({ errors }) => errors);
    expect(told.filter((text) => !expected.some((start) => text.startsWith(start)))).toEqual([]);
  }
}

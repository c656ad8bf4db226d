import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { WrongCredentials } from '../../platform/http/wrong-credentials.js';
import { Config } from '../../platform/settings/config.js';
import { LoginOver, NoOperator, OtherSite } from './access.errors.js';
import { ConsoleCookie, idleMs } from './console-cookie.js';
import { ConsoleLogins, type OpenLogin } from './console-logins.js';
import { KnownOperators, type KnownOperator } from './known-operators.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where a cookie of the console has let the request in. */
    login?: OpenLogin;
    /** Set by AdminGuard: what is read while it is sent, for as long as who asked would be let in. Whoever reads slowly would else go on reading after he is removed. */
    whileIn?: <Page>(pages: AsyncIterable<Page>) => AsyncGenerator<Page>;
  }
}

/** A bearer token is far below this; what is longer is not hashed. */
const MAX_HEADER_LENGTH = 1024;
const READS = new Set(['GET', 'HEAD']);

/** Whom a request of /admin is of: by the bearer token, or, where there is no Authorization at all, by the cookie of the console. */
@Injectable()
export class AdmitOperator {
  readonly cookie: ConsoleCookie;

  constructor(
    private readonly operators: KnownOperators,
    private readonly logins: ConsoleLogins,
    private readonly wrongCredentials: WrongCredentials,
    { http }: Config,
  ) {
    this.cookie = new ConsoleCookie(http.publicUrl);
  }

  /** Reads nothing but the head, so it may be asked before the body is there; who was let in then is not asked again. */
  async run(request: FastifyRequest): Promise<KnownOperator> {
    if (request.operator) return request.operator;
    const { authorization = '' } = request.headers;
    const operator = authorization === '' ? await this.byCookie(request) : await this.byToken(authorization);
    if (operator !== null) return (request.operator = operator);
    if (authorization !== '') await this.wrongCredentials.note(request, 'admin');
    throw new NoOperator();
  }

  /** Whether what let a long request in would let it in now. */
  async isStillIn(request: FastifyRequest): Promise<boolean> {
    const { authorization = '' } = request.headers;
    if (authorization !== '') return (await this.byToken(authorization)) !== null;
    const login = await this.logins.of(this.cookie.in(request) ?? '');
    return login !== null && login !== 'over';
  }

  /** Fails where it is over. While the database does not answer nobody is sent away. */
  async *whileIn<Page>(request: FastifyRequest, pages: AsyncIterable<Page>): AsyncGenerator<Page> {
    for await (const page of pages) {
      if (!(await this.isStillIn(request).catch(() => true))) throw new NoOperator();
      yield page;
    }
  }

  private byToken(authorization: string): Promise<KnownOperator | null> {
    const [, token] = authorization.length > MAX_HEADER_LENGTH ? [] : (/^bearer +(\S+) *$/i.exec(authorization) ?? []);
    return token === undefined ? Promise.resolve(null) : this.operators.of(token);
  }

  private async byCookie(request: FastifyRequest): Promise<KnownOperator | null> {
    const value = this.cookie.in(request);
    if (value === null) return null;
    const login = await this.logins.of(value);
    if (login === null) await this.wrongCredentials.note(request, 'admin');
    if (login === null || login === 'over') throw new LoginOver();

    const isRead = READS.has(request.method);
    if (!this.cookie.isFromHere(request) || (!isRead && !this.cookie.isByConsole(request))) throw new OtherSite();
    request.login = login;
    return login.operator;
  }

  /** To be called once for each deed; a stream that a page opens anew by itself is none. */
  noteUse(request: FastifyRequest): void {
    if (request.login) this.logins.noteUse(request.login, idleMs(request));
  }
}

import { Body, Controller, HttpCode, Post, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Length } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database } from '../../platform/database/database.js';
import { Documented } from '../../platform/openapi/documented.js';
import { WrongCredentials } from '../../platform/http/wrong-credentials.js';
import { NoOperator, OtherSite } from '../access/access.errors.js';
import { AdmitOperator } from '../access/admit-operator.js';
import { ConsoleLogins } from '../access/console-logins.js';
import { KnownOperators } from '../access/known-operators.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { ME, shownMe } from './me.js';

class ShownToken {
  @ApiProperty({ description: 'Of an operator, or ADMIN_TOKEN.', example: 'fP3xQ0m1cV7sYk2WbT9nLr4HdJ6aZ8uE5gXiKoBq' })
  @Length(1, 1000, { message: 'token must be the token of an operator, or the admin token' })
  token!: string;
}

/** Logins of people at the console: docs/console.md. Programs use the bearer token. */
@Controller('admin')
@UsePipes(adminValidation)
export class LoginController {
  constructor(
    private readonly admitOperator: AdmitOperator,
    private readonly operators: KnownOperators,
    private readonly logins: ConsoleLogins,
    private readonly wrongCredentials: WrongCredentials,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  @Post('login')
  @MayAsk('viewer', 'support', 'finance')
  @HttpCode(200)
  @Documented({
    summary: 'Show a token once, and get a cookie that stands for it at the console',
    operationId: 'logIn',
    description:
      'Over after 30 minutes without a use, after 12 hours, at a logout, and as soon as the token opens nothing any more. Writes by the cookie need the header X-Requested-By.',
    isRead: true,
    security: [],
    answers: { 200: ['Whose it is; the cookie stands in Set-Cookie.', ME] },
  })
  async logIn(
    @Body() { token }: ShownToken,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { cookie } = this.admitOperator;
    if (!cookie.isFromHere(request)) throw new OtherSite();
    const operator = await this.operators.of(token);
    if (operator === null) {
      await this.wrongCredentials.note(request, 'admin');
      throw new NoOperator('expected the token of an operator, or the admin token; this one opens nothing');
    }

    const { value, login } = await this.database.transaction(async (tx) => {
      await this.audit.record(tx, { action: 'console.logged-in', target: operator.id }, { id: request.id, operator });
      return this.logins.open(tx, operator, token);
    });

    cookie.set(reply, value, this.logins.longestSeconds);
    return shownMe(operator, login);
  }

  /** A bearer token has no login to end: nothing is done then. */
  @Post('logout')
  @UseGuards(AdminGuard)
  @MayAsk('viewer', 'support', 'finance')
  @HttpCode(204)
  @Documented({
    summary: 'End the login that the cookie stands for',
    operationId: 'logOut',
    isRead: true,
    answers: { 204: ['It is over.'] },
  })
  async logOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const { login } = request;
    if (login)
      await this.database.transaction(async (tx) => {
        await this.audit.record(tx, { action: 'console.logged-out', target: login.operator.id }, request);
        await this.logins.close(tx, login.cookieHash);
      });
    this.admitOperator.cookie.clear(reply);
  }
}

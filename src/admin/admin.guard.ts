import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Accounts } from '../accounts/index.js';
import { hasSession } from '../sessions/index.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequest, NotFound } from '../platform/errors.js';
import { isUuid } from '../platform/ids.js';
import { maskText } from '../platform/logging/mask-text.js';
import { OtherRoleNeeded } from './access/access.errors.js';
import { AdmitOperator } from './access/admit-operator.js';
import { THE_ADMIN, type KnownOperator } from './access/known-operators.js';
import './access/mask-numbers.js';
import { NumberGuesses } from './access/number-guesses.js';
import { IS_STREAM, KNOWS_ACCOUNTS, MAY_ASK, REVEALING, VIRTUAL_NUMBERS, type Role } from './access/roles.js';
import { takes } from './access/takes.js';
import { Audit } from './audit/audit.js';
import { ACCOUNT_AUTH_ID } from './values.dto.js';

const MAX_REASON_LENGTH = 200;

/** Opens /admin to operators, each route to those whose role may ask it. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly admitOperator: AdmitOperator,
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly accounts: Accounts,
    private readonly guesses: NumberGuesses,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { id, role } = await this.admit(request);
    // Earlier versions kept all keys as those of who holds ADMIN_TOKEN are kept.
    if (id !== THE_ADMIN.id) request.keysOf = id;
    if (!this.reflector.get<boolean | undefined>(IS_STREAM, context.getHandler())) this.admitOperator.noteUse(request);
    const roles = this.of<Role>(MAY_ASK, context);
    if (!roles.includes(role)) {
      const wanted = roles.length === 0 ? 'is open to no role' : `is for the role ${roles.join(' or ')}`;
      throw new OtherRoleNeeded(`this route ${wanted}; this token has the role ${role}`);
    }
    await this.requireNamed(request, context);
    const isWhole = await this.reveal(request, role);
    if (!REVEALING.includes(role)) await this.requireNoGuess(request, id);
    request.whileIn = (pages) => this.admitOperator.whileIn(request, pages);
    request.numbers = { isWhole, virtual: this.of<string>(VIRTUAL_NUMBERS, context) };
    return true;
  }

  /** Reads nothing but the head. */
  admit(request: FastifyRequest): Promise<KnownOperator> {
    return this.admitOperator.run(request);
  }

  /** An empty list would say that an account or a session has nothing, where there is none of that name. What is no id at all the route itself refuses. */
  private async requireNamed(request: FastifyRequest, context: ExecutionContext): Promise<void> {
    if (!this.reflector.get<boolean | undefined>(KNOWS_ACCOUNTS, context.getHandler()) && takes(context, 'account'))
      for (const account of namedIn(request, 'account'))
        if (ACCOUNT_AUTH_ID.test(account))
          await this.database.browse((manager) => this.accounts.require(manager, account));
    if (!takes(context, 'session')) return;
    for (const session of namedIn(request, 'session').map((id) => id.toLowerCase()))
      if (isUuid(session) && !(await this.database.browse((manager) => hasSession(manager, session))))
        throw new NotFound('no session has this id');
  }

  /** Whether numbers are shown whole. Written down before anything is shown: no number is seen without an entry. */
  private async reveal(request: FastifyRequest, role: Role): Promise<boolean> {
    const { reveal, reason, ...query } = request.query as Record<string, unknown>;
    if (reveal !== undefined && reveal !== 'true' && reveal !== 'false')
      throw new InvalidRequest('reveal must be true or false', { param: 'reveal' });
    // Routes need not know of either; a reason for nothing is none.
    request.query = query;
    if (reveal !== 'true') return false;
    if (!REVEALING.includes(role))
      throw new OtherRoleNeeded(
        `reveal=true is for the role ${REVEALING.join(' or ')}; this token has the role ${role}`,
      );

    const target = `${request.method} ${request.routeOptions.url ?? ''}`;
    const details = { ...uuidsOf(request.params), ...(reason !== undefined && { reason: readReason(reason) }) };
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'numbers.revealed', target, details }, request),
    );
    return true;
  }

  /** Written down once for each number that is tried out, without it. */
  private async requireNoGuess(request: FastifyRequest, operatorId: string): Promise<void> {
    const excess = this.guesses.run(operatorId, (request.query ?? {}) as Record<string, unknown>);
    if (excess === 'nothing') return;
    const target = `${request.method} ${request.routeOptions.url ?? ''}`;
    if (excess === 'first')
      await this.database.transaction((tx) => this.audit.record(tx, { action: 'numbers.guessed', target }, request));
    throw new OtherRoleNeeded(
      `so many numbers that end alike have been looked for today; whole numbers are for the role ${REVEALING.join(' or ')}, by reveal=true`,
    );
  }

  private of<Word>(key: string, context: ExecutionContext): Word[] {
    return this.reflector.get<Word[] | undefined>(key, context.getHandler()) ?? [];
  }
}

function namedIn({ query, body }: FastifyRequest, name: string): string[] {
  const given = [query, body].map((asked) => (asked as Record<string, unknown> | null | undefined)?.[name]);
  return given.filter((one) => typeof one === 'string');
}

/** Why somebody wants to see numbers. The audit holds none, so one that somebody wrote into the reason is masked. */
function readReason(reason: unknown): string {
  const text = typeof reason === 'string' ? reason.trim() : '';
  if (text === '' || text.length > MAX_REASON_LENGTH)
    throw new InvalidRequest(`reason must be a text of 1 to ${MAX_REASON_LENGTH} characters`, { param: 'reason' });
  return maskText(text);
}

/** Of which thing, where its id is one of ours; anything else in a path may be a number. */
function uuidsOf(params: unknown): Record<string, string> {
  const all = Object.entries((params ?? {}) as Record<string, string>).map(
    ([name, id]) => [name, id.toLowerCase()] as const,
  );
  return Object.fromEntries(all.filter(([, id]) => isUuid(id)));
}

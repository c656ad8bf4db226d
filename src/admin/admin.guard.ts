import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Database } from '../platform/database/database.js';
import { InvalidRequest, refusal } from '../platform/errors.js';
import { WrongCredentials } from '../platform/http/wrong-credentials.js';
import { isUuid } from '../platform/ids.js';
import { KnownOperators, type KnownOperator } from './access/known-operators.js';
import './access/mask-numbers.js';
import { MAY_ASK, REVEALING, VIRTUAL_NUMBERS, type Role } from './access/roles.js';
import { Audit } from './audit/audit.js';

/** A bearer token is far below this; what is longer is not hashed. */
const MAX_HEADER_LENGTH = 1024;

class NoOperator extends refusal(
  'unauthenticated',
  'unauthenticated',
  'expected the token of an operator, or the admin token, as bearer token',
) {}

class OtherRoleNeeded extends refusal('role_needed', 'forbidden') {}

/** Opens /admin to operators, each route to those whose role may ask it. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly operators: KnownOperators,
    private readonly wrongCredentials: WrongCredentials,
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { role } = await this.admit(request);
    const roles = this.of<Role>(MAY_ASK, context);
    if (!roles.includes(role)) {
      const wanted = roles.length === 0 ? 'is open to no role' : `is for the role ${roles.join(' or ')}`;
      throw new OtherRoleNeeded(`this route ${wanted}; this token has the role ${role}`);
    }
    const isWhole = await this.reveal(request, role);
    request.numbers = { isWhole, virtual: this.of<string>(VIRTUAL_NUMBERS, context) };
    return true;
  }

  /** Reads nothing but the head, so it may be asked before the body is there; who was let in then is not asked again. */
  async admit(request: FastifyRequest): Promise<KnownOperator> {
    if (request.operator) return request.operator;
    const { authorization = '' } = request.headers;
    const [, token] = authorization.length > MAX_HEADER_LENGTH ? [] : (/^bearer +(\S+) *$/i.exec(authorization) ?? []);
    const operator = token === undefined ? null : await this.operators.of(token);
    if (operator !== null) return (request.operator = operator);
    if (authorization !== '') await this.wrongCredentials.note(request, 'admin');
    throw new NoOperator();
  }

  /** Whether numbers are shown whole. Written down before anything is shown: no number is seen without an entry. */
  private async reveal(request: FastifyRequest, role: Role): Promise<boolean> {
    const { reveal, ...query } = request.query as Record<string, unknown>;
    if (reveal === undefined) return false;
    if (reveal !== 'true' && reveal !== 'false')
      throw new InvalidRequest('reveal must be true or false', { param: 'reveal' });
    // Routes need not know of it.
    request.query = query;
    if (reveal === 'false') return false;
    if (!REVEALING.includes(role))
      throw new OtherRoleNeeded(
        `reveal=true is for the role ${REVEALING.join(' or ')}; this token has the role ${role}`,
      );

    const target = `${request.method} ${request.routeOptions.url ?? ''}`;
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'numbers.revealed', target, details: uuidsOf(request.params) }, request),
    );
    return true;
  }

  private of<Word>(key: string, context: ExecutionContext): Word[] {
    return this.reflector.get<Word[] | undefined>(key, context.getHandler()) ?? [];
  }
}

/** Of which thing, where its id is one of ours; anything else in a path may be a number. */
function uuidsOf(params: unknown): Record<string, string> {
  const all = Object.entries((params ?? {}) as Record<string, string>).map(
    ([name, id]) => [name, id.toLowerCase()] as const,
  );
  return Object.fromEntries(all.filter(([, id]) => isUuid(id)));
}

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { WrongCredentials } from '../platform/http/wrong-credentials.js';
import { refusal } from '../platform/errors.js';
import { KnownOperators, type KnownOperator } from './access/known-operators.js';
import { MAY_ASK, type Role } from './access/roles.js';

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
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const operator = await this.admit(context.switchToHttp().getRequest<FastifyRequest>());
    const roles = this.reflector.get<Role[] | undefined>(MAY_ASK, context.getHandler()) ?? [];
    if (roles.includes(operator.role)) return true;
    const wanted = roles.length === 0 ? 'is open to no role' : `is for the role ${roles.join(' or ')}`;
    throw new OtherRoleNeeded(`this route ${wanted}; this token has the role ${operator.role}`);
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
}

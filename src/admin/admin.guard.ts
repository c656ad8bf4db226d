import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isEqualSecret } from '../platform/crypto/crypto.js';
import { Secrets } from '../platform/settings/data-folder.js';
import { refusal } from '../platform/errors.js';

/** A bearer token is far below this; what is longer is not hashed. */
const MAX_HEADER_LENGTH = 1024;

class NotTheAdmin extends refusal('unauthenticated', 'unauthenticated', 'expected the admin token as bearer token') {}

/** Opens /admin to whoever holds the admin token. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly secrets: Secrets) {}

  canActivate(context: ExecutionContext): boolean {
    this.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** Reads nothing but the head, so it may be asked before the body is there. */
  admit(request: FastifyRequest): void {
    const { authorization = '' } = request.headers;
    const [, token] = authorization.length > MAX_HEADER_LENGTH ? [] : (/^bearer +(\S+) *$/i.exec(authorization) ?? []);
    if (token === undefined || !isEqualSecret(token, this.secrets.adminToken)) throw new NotTheAdmin();
  }
}

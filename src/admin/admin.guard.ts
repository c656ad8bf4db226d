import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isEqualSecret } from '../platform/crypto/crypto.js';
import { Secrets } from '../platform/settings/data-folder.js';
import { WrongCredentials } from '../platform/http/wrong-credentials.js';
import { refusal } from '../platform/errors.js';

/** A bearer token is far below this; what is longer is not hashed. */
const MAX_HEADER_LENGTH = 1024;

class NotTheAdmin extends refusal('unauthenticated', 'unauthenticated', 'expected the admin token as bearer token') {}

/** Opens /admin to whoever holds the admin token. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(
    private readonly secrets: Secrets,
    private readonly wrongCredentials: WrongCredentials,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }

  /** Reads nothing but the head, so it may be asked before the body is there. */
  async admit(request: FastifyRequest): Promise<void> {
    const { authorization = '' } = request.headers;
    const [, token] = authorization.length > MAX_HEADER_LENGTH ? [] : (/^bearer +(\S+) *$/i.exec(authorization) ?? []);
    if (token !== undefined && isEqualSecret(token, this.secrets.adminToken)) return;
    if (authorization !== '') await this.wrongCredentials.note(request, 'admin');
    throw new NotTheAdmin();
  }
}

import { Injectable } from '@nestjs/common';
import { Credentials } from './credentials.js';

/** With what an owner's callbacks are signed; while a token is being replaced there are two, oldest first. */
@Injectable()
export class CallbackTokens {
  constructor(private readonly credentials: Credentials) {}

  /** Live tokens of an account or subaccount; empty when it is gone. */
  async of(ownerId: string): Promise<string[]> {
    return (await this.credentials.of(ownerId))?.tokens.map(({ token }) => token) ?? [];
  }
}

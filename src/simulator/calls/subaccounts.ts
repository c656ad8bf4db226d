import { randomBytes, randomInt } from 'node:crypto';

export interface SimulatedSubaccount {
  readonly authId: string;
  authToken: string;
  name: string;
  isEnabled: boolean;
}

/** The simulated account's subaccounts: each has a token of its own, and what belongs to it is reached with that. */
export class Subaccounts {
  private readonly all = new Map<string, SimulatedSubaccount>();

  /** Tokens of those that are there from the start. */
  constructor(private readonly first: Readonly<Record<string, string>>) {
    this.reset();
  }

  reset(): void {
    this.all.clear();
    for (const [authId, authToken] of Object.entries(this.first))
      this.all.set(authId, { authId, authToken, name: authId, isEnabled: true });
  }

  get(authId: string): SimulatedSubaccount | null {
    return this.all.get(authId) ?? null;
  }

  list(): SimulatedSubaccount[] {
    return [...this.all.values()];
  }

  add(name: string, isEnabled: boolean): SimulatedSubaccount {
    const authId = newAuthId();
    const added = { authId, authToken: newToken(), name, isEnabled };
    this.all.set(authId, added);
    return added;
  }

  /** As the console does it: the former token is revoked at once. */
  renew(subaccount: SimulatedSubaccount, authToken = newToken()): void {
    subaccount.authToken = authToken;
  }

  remove(authId: string): void {
    this.all.delete(authId);
  }
}

/** Letters only: a run of digits would be masked in logs like a phone number. */
function newAuthId(): string {
  let id = 'SA';
  while (id.length < 20) id += String.fromCharCode(65 + randomInt(26));
  return id;
}

function newToken(): string {
  return randomBytes(20).toString('hex');
}

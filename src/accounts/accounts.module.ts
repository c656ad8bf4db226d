import { Module } from '@nestjs/common';
import { Authenticate } from './authenticate.js';
import { AccountGuard } from './account.guard.js';
import { AccountSettings } from './account-settings.js';
import { CallbackTokens } from './callback-tokens.js';
import { CreateAccount } from './create-account.js';
import { CreateSubaccount } from './create-subaccount.js';
import { Credentials } from './credentials.js';
import { EnsureFirstAccount } from './ensure-first-account.js';
import { Accounts } from './find-account.js';
import { Subaccounts } from './find-subaccount.js';
import { IssueToken } from './issue-token.js';
import { ListAccounts } from './list-accounts.js';
import { ListTokens } from './list-tokens.js';
import { PlivoAccess } from './plivo-access.js';
import { RevokeToken } from './revoke-token.js';
import { VerifyEncryptionKey } from './verify-encryption-key.js';
import { WebhookTokens } from './webhook-tokens.js';

const useCases = [
  VerifyEncryptionKey,
  EnsureFirstAccount,
  Authenticate,
  AccountGuard,
  AccountSettings,
  CallbackTokens,
  Accounts,
  Subaccounts,
  PlivoAccess,
  WebhookTokens,
  CreateAccount,
  CreateSubaccount,
  IssueToken,
  RevokeToken,
  ListAccounts,
  ListTokens,
];

@Module({ providers: [Credentials, ...useCases], exports: useCases })
export class AccountsModule {}

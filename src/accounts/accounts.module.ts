import { Module } from '@nestjs/common';
import { Authenticate } from './authenticate.js';
import { AccountGuard } from './account.guard.js';
import { Accounts } from './accounts.js';
import { AccountResourceController } from './account-resource.controller.js';
import { AccountSettings } from './account-settings.js';
import { ChangeAccount } from './change-account.js';
import { ChangePlivoToken } from './change-plivo-token.js';
import { ChangeSubaccount } from './change-subaccount.js';
import { CreateAccount } from './create-account.js';
import { CreateSubaccount } from './create-subaccount.js';
import { CallbackTokens, Credentials } from './credentials.js';
import { DeleteAccount } from './delete-account.js';
import { EnsureFirstAccount } from './ensure-first-account.js';
import { ListAccounts } from './list-accounts.js';
import { PlivoAccess, WebhookTokens } from './plivo-credentials.js';
import { RateLimit } from './rate-limit.js';
import { Retention } from './retention.js';
import { ShowAccount } from './show-account.js';
import { IssueToken, ListTokens, RevokeToken } from './tokens.js';
import { VerifyEncryptionKey } from './verify-encryption-key.js';

const useCases = [
  VerifyEncryptionKey,
  EnsureFirstAccount,
  Authenticate,
  AccountGuard,
  RateLimit,
  AccountSettings,
  CallbackTokens,
  Accounts,
  PlivoAccess,
  WebhookTokens,
  CreateAccount,
  CreateSubaccount,
  ChangeAccount,
  ChangePlivoToken,
  ChangeSubaccount,
  DeleteAccount,
  Retention,
  IssueToken,
  RevokeToken,
  ListAccounts,
  ListTokens,
];

@Module({
  controllers: [AccountResourceController],
  providers: [Credentials, ShowAccount, ...useCases],
  exports: useCases,
})
export class AccountsModule {}

export { AccountsModule } from './accounts.module.js';
export { AccountGuard } from './account.guard.js';
export {
  AccountSettings,
  isLanguage,
  isRefusalText,
  REFUSAL_KEYS,
  type CallSettings,
  type CallSettingsPatch,
  type Rates,
  type RefusalKey,
} from './account-settings.js';
export { Authenticate } from './authenticate.js';
export { CallbackTokens } from './callback-tokens.js';
export { CreateAccount } from './create-account.js';
export { CreateSubaccount } from './create-subaccount.js';
export { DEMO_AUTH_ID, EnsureFirstAccount } from './ensure-first-account.js';
export { Accounts } from './find-account.js';
export { Subaccounts } from './find-subaccount.js';
export { IssueToken } from './issue-token.js';
export { ListAccounts } from './list-accounts.js';
export { ListTokens } from './list-tokens.js';
export { decimalText, isMoneyText, microsOf } from './money.js';
export { PlivoAccess } from './plivo-access.js';
export { principalOf, type Principal } from './principal.js';
export { RevokeToken } from './revoke-token.js';
export { Spend, type SpendOfDay } from './spend.js';
export { SpendModule } from './spend.module.js';
export { VerifyEncryptionKey } from './verify-encryption-key.js';
export { WebhookTokens } from './webhook-tokens.js';

export { AccountsModule } from './accounts.module.js';
export { AccountGuard, narrowed, principalOf } from './account.guard.js';
export {
  AccountSettings,
  isLanguage,
  isRefusalText,
  REFUSAL_KEYS,
  type AllowedCountries,
  type CallSettings,
  type CallSettingsPatch,
  type ChosenSettings,
  type EffectiveSettings,
  type RefusalKey,
} from './account-settings.js';
export {
  accountFrom,
  Accounts,
  hasSubaccount,
  knownSince,
  openAccounts,
  ownSubaccounts,
  ownTextDefault,
  parentsOf,
  subaccountNames,
} from './accounts.js';
export {
  AccountExists,
  AccountInUse,
  AccountKept,
  AccountOfSettings,
  LastToken,
  TokenOfSettings,
  TooManyTokens,
} from './accounts.errors.js';
export { Authenticate, type Owner } from './authenticate.js';
export { CallbackTokens } from './credentials.js';
export { ChangeAccount } from './change-account.js';
export { ChangePlivoToken } from './change-plivo-token.js';
export { ChangeSubaccount } from './change-subaccount.js';
export { CreateAccount } from './create-account.js';
export { CreateSubaccount } from './create-subaccount.js';
export { DeleteAccount } from './delete-account.js';
export { DailyCaps } from './daily-caps.js';
export { DEMO_AUTH_ID, isLeftOver } from './demo-account.js';
export { EnsureFirstAccount } from './ensure-first-account.js';
export { ListAccounts } from './list-accounts.js';
export { CURRENCY, decimalText, isMoneyText, microsOf } from './money.js';
export {
  accountAtPlivo,
  PlivoAccess,
  readPlivoCredentials,
  subaccountsAtPlivo,
  WebhookTokens,
  type SigningTokens,
} from './plivo-credentials.js';
export { ReadSpendRatio } from './read-spend-ratio.js';
export { Retention, RETENTION_DAYS, type KeptAccount } from './retention.js';
export { ShortLived } from './short-lived.js';
export { SpendCapReached } from './accounts.events.js';
export { Spend } from './spend.js';
export { SpendModule } from './spend.module.js';
export { IssueToken, ListTokens, RevokeToken } from './tokens.js';
export { VerifyEncryptionKey } from './verify-encryption-key.js';
export { isOwnSentence, NOTICE_KINDS, noticeSentence, type NoticeKind } from './notice-sentences.js';
export { areContactKinds, areTextLanguages, type TextSettings, type TextSettingsPatch } from './text-settings.js';

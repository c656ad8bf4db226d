import { refusal } from '../../platform/errors.js';

export class NoOperator extends refusal(
  'unauthenticated',
  'unauthenticated',
  'expected the token of an operator, or the admin token, as bearer token',
) {}

export class LoginOver extends refusal(
  'login_over',
  'unauthenticated',
  'this login at the console is over: log in again',
) {}

export class OtherRoleNeeded extends refusal('role_needed', 'forbidden') {}

export class OtherSite extends refusal(
  'other_site',
  'forbidden',
  "expected a request of the console's own page: with a login by cookie, X-Requested-By and no other site's Origin",
) {}

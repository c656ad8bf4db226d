import { parseCaller, type E164 } from '../telephony/phone.js';
import { isCallUuid } from './webhook-params.js';

/* Parts of paths and bodies that would make another request of it. */

/** `DELETE Application/` without an id would be another request. */
export function checkedId(id: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw new TypeError('expected the id of an application');
  return id;
}

/** `DELETE Call/` without a uuid would hang up every call of the account. */
export function checkedUuid(callUuid: string): string {
  if (!isCallUuid(callUuid)) throw new TypeError('expected a call uuid');
  return callUuid;
}

/** Several numbers joined by `<` would be several calls. */
export function checkedNumber(number: E164): E164 {
  if (parseCaller(number) !== number) throw new TypeError('expected a phone number of 7 to 15 digits');
  return number;
}

import type { Config } from '../../platform/settings/config.js';
import { parseCaller, parseNationalCaller } from '../../telephony/phone.js';

/** Who calls, as Plivo shows it; with NATIONAL_CALLERS=read a national form becomes the number that it means where it was dialled. */
export function shownCaller({ plivo }: Pick<Config, 'plivo'>, { from, to }: { from: string; to: string }): string {
  const dialled = parseCaller(to);
  if (plivo.nationalCallers === 'refuse' || dialled === null || parseCaller(from) !== null) return from;
  return parseNationalCaller(from, dialled) ?? from;
}

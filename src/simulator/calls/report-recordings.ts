import type { Recording } from '../media/recording.js';
import type { Call } from './call.js';
import { commonParams } from './webhook-params.js';
import type { World } from './world.js';

/** Where the media of a call is: below the account, or below the subaccount whose credentials open it. */
export function mediaHost(
  { account, authId, settings }: Pick<World, 'account' | 'authId' | 'settings'>,
  subaccount: string | null,
) {
  return { authId: account.keeperOf(subaccount) ?? authId, settings };
}

/** The call is over: its recordings are kept, and told to whoever asked for that. */
export function reportRecordings(world: World, call: Call): void {
  const { recordings: isOn, recording_delay_seconds: delay } = world.settings;
  if (isOn === 'off') return;
  for (const recording of call.recordings) {
    if (delay === 0) publish(world, call, recording);
    else world.timers.after(delay * 1000, () => publish(world, call, recording));
  }
}

/** From here on it is in the list and can be heard; a webhook that is lost changes nothing about that. */
function publish(world: World, call: Call, recording: Recording): void {
  const span = recording.spanIn(call);
  if (span === null || call.isForgotten) return;
  const { from, to, subaccount } = call.aLeg.facts;
  const addedAt = world.clock.now();
  world.recordings.add({ recording, call: { uuid: call.uuid, from, to, subaccount }, span, addedAt });
  const { callback } = recording;
  if (callback === null) return;
  const params = {
    ...commonParams(world, call, 'RecordStop'),
    ...recording.finalParams(mediaHost(world, subaccount), span),
  };
  void world.webhooks.send(call, { kind: 'recording', ...callback, params });
}

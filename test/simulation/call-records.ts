import { ProviderUnavailable, type CallRecord, type FindCalls } from '../../src/plivo/index.js';
import { recordOf, type NetworkCall } from './network-call.js';
import type { World } from './world.js';

/** Plivo's call records: written some seconds after a call's end, never lost. */
export class CallRecords {
  private readonly byUuid = new Map<string, NetworkCall>();
  /** Calls whose record the service has read and not yet acted on. */
  readonly read = new Set<NetworkCall>();

  constructor(private readonly world: World) {}

  add(call: NetworkCall): void {
    this.byUuid.set(call.uuid, call);
  }

  async get(uuid: string): Promise<CallRecord | null> {
    await this.takeTime();
    const call = this.byUuid.get(uuid);
    if (!call) return null;
    this.read.add(call);
    return recordOf(call, call.a);
  }

  async find(filter: FindCalls): Promise<CallRecord[]> {
    await this.takeTime();
    if (filter.parentCallUuid !== undefined) {
      const parent = this.byUuid.get(filter.parentCallUuid);
      return parent?.b ? [recordOf(parent, parent.b)] : [];
    }
    return [...this.byUuid.values()]
      .filter((call) => call.direction === filter.direction && call.from === filter.from && call.to === filter.to)
      .filter((call) => (call.a.endedAt ?? 0) >= (filter.endedFrom ?? 0))
      .map((call) => recordOf(call, call.a));
  }

  private async takeTime(): Promise<void> {
    const { webhooks, chance, timeline } = this.world;
    if (webhooks.fails(0.03)) throw new ProviderUnavailable('no connection');
    if (chance.is(0.1)) await timeline.runUntil(timeline.now + chance.between(1, 3000));
  }
}

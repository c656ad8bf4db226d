import { Injectable, type OnModuleInit } from '@nestjs/common';
import { renameOptedOut } from '../number-pool/index.js';
import { PartyReindexed } from '../sessions/index.js';
import { Events } from '../platform/events/events.js';

/** Who wants no texts is known by an index alone, which changes with the rules that say which spellings are one phone. */
@Injectable()
export class ReindexOptOuts implements OnModuleInit {
  constructor(private readonly events: Events) {}

  onModuleInit(): void {
    this.events.subscribe(PartyReindexed, (tx, { accountId, before, after }) =>
      renameOptedOut(tx, accountId, before, after),
    );
  }
}

import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { NumberPoolModule } from '../number-pool/index.js';
import { CountSessions } from './count-sessions.js';
import { EndForErasure } from './end-for-erasure.js';
import { EndSession } from './end-session.js';
import { ExpireDueSessions } from './expire-due-sessions.js';
import { FindStrangers } from './find-strangers.js';
import { FindRoute } from './find-route.js';
import { FindSession, FindSessionById } from './find-session.js';
import { ImportSessions } from './import-sessions.js';
import { ReadImported } from './imported-session.js';
import { ListSessions } from './list-sessions.js';
import { OpenSession } from './open-session.js';
import { CreateSessionPipe, UpdateSessionPipe } from './session-body.pipe.js';
import { SessionRecords } from './session-record.js';
import { ReindexParties } from './reindex-parties.js';
import { SearchSessions } from './search-sessions.js';
import { ReadTextTotals } from './text-totals.js';
import { SessionsController } from './sessions.controller.js';
import { UpdateSession } from './update-session.js';

@Module({
  imports: [AccountsModule, NumberPoolModule],
  controllers: [SessionsController],
  providers: [
    SessionRecords,
    CreateSessionPipe,
    UpdateSessionPipe,
    OpenSession,
    UpdateSession,
    EndSession,
    EndForErasure,
    ExpireDueSessions,
    FindSession,
    ImportSessions,
    ReadImported,
    ListSessions,
    FindRoute,
    FindStrangers,
    FindSessionById,
    SearchSessions,
    ReadTextTotals,
    ReindexParties,
    CountSessions,
  ],
  exports: [
    CountSessions,
    EndSession,
    EndForErasure,
    ExpireDueSessions,
    FindRoute,
    FindSession,
    FindSessionById,
    FindStrangers,
    ImportSessions,
    OpenSession,
    ReadTextTotals,
    ReadImported,
    SearchSessions,
    SessionRecords,
    UpdateSession,
  ],
})
export class SessionsModule {}

import { Module } from '@nestjs/common';
import { AccountsModule, SpendModule } from '../accounts/index.js';
import { PlivoModule } from '../plivo/index.js';
import { SessionsModule } from '../sessions/index.js';
import { TextMediaModule } from '../text-media/index.js';
import { ForgetTexts } from './forget-texts.js';
import { FindTexts } from './find-texts.js';
import { PurgeTexts } from './purge-texts.js';
import { AddNotice } from './add-notice.js';
import { CountTexts } from './count-texts.js';
import { FindOptOuts } from './find-opt-outs.js';
import { ForwardTexts } from './forward-texts.js';
import { ListedMessage } from './listed-message.js';
import { KeepText } from './keep-text.js';
import { NoteOptOuts } from './note-opt-outs.js';
import { NoteReport } from './note-report.js';
import { PriceTexts } from './price-texts.js';
import { ReadRecord } from './read-record.js';
import { ReadTexter } from './read-texter.js';
import { ReceiveText } from './receive-text.js';
import { ReindexOptOuts } from './reindex-opt-outs.js';
import { SendNotices } from './send-notices.js';
import { SettleNotices } from './settle-notices.js';
import { SettleForwards } from './settle-forwards.js';
import { SweepTexts } from './sweep-texts.js';
import { TellForward } from './tell-forward.js';
import { TextWebhooksController } from './text-webhooks.controller.js';
import { VerifyText } from './verify-text.js';
import { WakeAfterMedia } from './wake-after-media.js';

@Module({
  imports: [AccountsModule, SpendModule, PlivoModule, SessionsModule, TextMediaModule],
  controllers: [TextWebhooksController],
  providers: [
    CountTexts,
    ReadRecord,
    ReadTexter,
    KeepText,
    ReceiveText,
    VerifyText,
    ForwardTexts,
    ListedMessage,
    SettleForwards,
    SettleNotices,
    NoteReport,
    PriceTexts,
    PurgeTexts,
    SweepTexts,
    FindTexts,
    ForgetTexts,
    NoteOptOuts,
    ReindexOptOuts,
    FindOptOuts,
    AddNotice,
    SendNotices,
    TellForward,
    WakeAfterMedia,
  ],
  exports: [FindOptOuts, FindTexts, ForgetTexts, NoteOptOuts, PriceTexts, PurgeTexts, SweepTexts],
})
export class TextsModule {}

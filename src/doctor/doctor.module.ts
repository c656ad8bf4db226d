import { Global, Module } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { NumberPoolModule, ReadListing } from '../number-pool/index.js';
import { PlivoClient, PlivoModule } from '../plivo/index.js';
import { RecordingModule, RecordingStore } from '../recording/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { Config } from '../platform/settings/config.js';
import { Examination } from './examination.js';
import { Patient, patientFromInside } from './patient.js';

@Global()
@Module({
  imports: [PlivoModule, NumberPoolModule, RecordingModule],
  providers: [
    {
      provide: Patient,
      inject: [Config, Clock, Database, Crypto, PlivoClient, PlivoAccess, ReadListing, RecordingStore],
      useFactory: (...[config, clock, database, crypto, plivo, access, listing, store]: Parts): Patient =>
        patientFromInside({ config, clock, database, crypto, plivo, access, listing, store }),
    },
    Examination,
  ],
  exports: [Examination],
})
export class DoctorModule {}

type Parts = [Config, Clock, Database, Crypto, PlivoClient, PlivoAccess, ReadListing, RecordingStore];

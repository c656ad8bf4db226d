import { Module } from '@nestjs/common';
import { DailyCaps } from './daily-caps.js';
import { Spend } from './spend.js';

@Module({ providers: [DailyCaps, Spend], exports: [DailyCaps, Spend] })
export class SpendModule {}

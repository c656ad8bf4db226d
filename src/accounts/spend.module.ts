import { Module } from '@nestjs/common';
import { DailyCaps } from './daily-caps.js';
import { ReadSpendRatio } from './read-spend-ratio.js';
import { Spend } from './spend.js';

@Module({ providers: [DailyCaps, ReadSpendRatio, Spend], exports: [DailyCaps, ReadSpendRatio, Spend] })
export class SpendModule {}

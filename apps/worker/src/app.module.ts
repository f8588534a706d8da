import { DynamicModule, Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import type { Settings } from '#libs/config';
import { CriticalModule } from '#libs/critical';
import { IdentityModule } from '#libs/identity';
import { ReadingModule } from '#libs/reading';
import { RetentionModule } from '#libs/retention';
import { WorklistModule } from '#libs/worklist';
import { PlatformModule } from '../../platform/src/platform.module.js';

@Module({})
export class WorkerModule {
  static of(settings: Settings, process = 'worker'): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        PlatformModule.of(settings, process),
        IdentityModule,
        CatalogueModule,
        WorklistModule,
        ReadingModule,
        CriticalModule,
        RetentionModule,
      ],
    };
  }
}

import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import type { Settings } from '#libs/config';
import { CdsHooksModule } from '#libs/edges/cds-hooks';
import { DicomwebModule } from '#libs/edges/dicomweb';
import { FhirModule } from '#libs/edges/fhir';
import { ProblemFilter, WebModule } from '#libs/edges/web';
import { AccessGuard, IdentityModule } from '#libs/identity';
import { PlatformModule } from '../../platform/src/platform.module.js';

@Module({})
export class GatewayModule {
  static of(settings: Settings): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        PlatformModule.of(settings, 'gateway'),
        DiscoveryModule,
        IdentityModule,
        WebModule,
        DicomwebModule,
        FhirModule,
        CdsHooksModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}

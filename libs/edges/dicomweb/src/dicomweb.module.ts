import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { IngestModule } from '#libs/ingest';
import { QidoController } from './qido.controller.js';
import { StoreRequest } from './store-request.js';
import { StowController } from './stow.controller.js';
import { WadoController } from './wado.controller.js';

@Module({
  imports: [CatalogueModule, IdentityModule, IngestModule],
  controllers: [StowController, QidoController, WadoController],
  providers: [StoreRequest],
})
export class DicomwebModule {}

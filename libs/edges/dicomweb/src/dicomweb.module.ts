import { Module } from '@nestjs/common';
import { CatalogueModule } from '#libs/catalogue';
import { IdentityModule } from '#libs/identity';
import { IngestModule } from '#libs/ingest';
import { QidoController } from './qido.controller.js';
import { SearchAnswer } from './search-answer.js';
import { StoreRequest } from './store-request.js';
import { StowController } from './stow.controller.js';
import { RetrieveAccess } from './retrieve-access.js';
import { WadoBulkdataController } from './wado-bulkdata.controller.js';
import { WadoFramesController } from './wado-frames.controller.js';
import { WadoInstancesController } from './wado-instances.controller.js';
import { DrawPictures } from './draw-pictures.js';
import { WadoRenderedController } from './wado-rendered.controller.js';
import { WadoMetadataController } from './wado-metadata.controller.js';

@Module({
  imports: [CatalogueModule, IdentityModule, IngestModule],
  controllers: [
    StowController,
    QidoController,
    WadoInstancesController,
    WadoMetadataController,
    WadoFramesController,
    WadoBulkdataController,
    WadoRenderedController,
  ],
  providers: [SearchAnswer, StoreRequest, RetrieveAccess, DrawPictures],
})
export class DicomwebModule {}

import { Module } from '@nestjs/common';
import { BatchesController } from './batches.controller.ts';
import { BatchesService } from './batches.service.ts';
import { DocumentsController } from './documents.controller.ts';
import { DocumentsService } from './documents.service.ts';
import { DraftsService } from './drafts.service.ts';
import { FilesService } from './files.service.ts';
import { IntakeService } from './intake/intake.service.ts';
import { LetterRenderer } from './letters/letter-renderer.ts';
import { LettersService } from './letters/letters.service.ts';

/** Document batches and their documents. */
@Module({
  controllers: [BatchesController, DocumentsController],
  providers: [
    BatchesService,
    IntakeService,
    DocumentsService,
    DraftsService,
    FilesService,
    LettersService,
    LetterRenderer,
  ],
})
export class BatchesModule {}

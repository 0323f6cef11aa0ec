import { Module } from '@nestjs/common';
import { AbsenceService } from './absence.service.ts';
import { ContactsController } from './contacts.controller.ts';
import { ContactsService } from './contacts.service.ts';
import { JoiningService } from './joining.service.ts';

/** People. */
@Module({ controllers: [ContactsController], providers: [ContactsService, AbsenceService, JoiningService] })
export class ContactsModule {}

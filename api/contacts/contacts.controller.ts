import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type {
  ConsentChange,
  Contact,
  ContactChange,
  ContactExport,
  ContactMerge,
  ContactMoment,
  ContactQuery,
  Erasure,
  MergedContacts,
  TimelineQuery,
} from '../../contracts/contacts/contacts-api.schema.ts';
import type { Absence, AbsenceQuery } from '../../contracts/contacts/absence-api.schema.ts';
import type { PageQuery } from '../../contracts/core/values.schema.ts';
import { contactRoutes } from '../../contracts/contacts/contacts.routes.ts';
import { Body, Param, Query, Route } from '../http/route.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { AbsenceService } from './absence.service.ts';
import { ContactsService } from './contacts.service.ts';
import { JoiningService } from './joining.service.ts';

/** `/v1/contacts`. */
@ApiTags('Contacts')
@Controller()
export class ContactsController {
  constructor(
    private readonly contacts: ContactsService,
    private readonly absences: AbsenceService,
    private readonly joining: JoiningService,
  ) {}

  @Route(contactRoutes.list)
  list(@Caller() caller: Principal, @Query() query: ContactQuery): Promise<Page<Contact>> {
    return this.contacts.list(caller, query);
  }

  @Route(contactRoutes.show)
  show(@Caller() caller: Principal, @Param('externalId') id: string): Promise<Contact> {
    return this.contacts.show(caller, id);
  }

  @Route(contactRoutes.timeline)
  timeline(
    @Caller() caller: Principal,
    @Param('externalId') id: string,
    @Query() query: TimelineQuery,
  ): Promise<Page<ContactMoment>> {
    return this.contacts.timeline(caller, id, query);
  }

  @Route(contactRoutes.absence)
  absence(
    @Caller() caller: Principal,
    @Param('externalId') id: string,
    @Query() query: AbsenceQuery,
  ): Promise<Absence> {
    return this.absences.explain(caller, id, query);
  }

  @Route(contactRoutes.export)
  export(@Caller() caller: Principal, @Param('externalId') id: string): Promise<ContactExport> {
    return this.contacts.export(caller, id);
  }

  @Route(contactRoutes.put)
  put(@Caller() caller: Principal, @Param('externalId') id: string, @Body() change: ContactChange): Promise<Contact> {
    return this.contacts.put(caller, id, change);
  }

  @Route(contactRoutes.putConsent)
  putConsent(
    @Caller() caller: Principal,
    @Param('externalId') id: string,
    @Body() change: ConsentChange,
  ): Promise<Contact> {
    return this.contacts.putConsent(caller, id, change);
  }

  @Route(contactRoutes.putAlias)
  putAlias(
    @Caller() caller: Principal,
    @Param('externalId') id: string,
    @Param('alias') alias: string,
  ): Promise<Contact> {
    return this.joining.putAlias(caller, id, alias);
  }

  @Route(contactRoutes.merge)
  merge(
    @Caller() caller: Principal,
    @Param('externalId') id: string,
    @Body() body: ContactMerge,
  ): Promise<MergedContacts> {
    return this.joining.merge(caller, id, body);
  }

  @Route(contactRoutes.erase)
  erase(@Caller() caller: Principal, @Param('externalId') id: string): Promise<void> {
    return this.contacts.erase(caller, id);
  }

  @Route(contactRoutes.erasures)
  erasures(@Caller() caller: Principal, @Query() query: PageQuery): Promise<Page<Erasure>> {
    return this.contacts.erasures(caller, query);
  }
}

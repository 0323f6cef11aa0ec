import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Contact,
  ContactChange,
  ContactMoment,
  ContactQuery,
  ExternalId,
} from '../../contracts/contacts/contacts-api.schema.ts';
import { pageOf, PageQuery } from '../../contracts/core/values.schema.ts';
import { Operation } from '../http/operation.ts';
import type { Page } from '../http/request/paging.ts';
import { Caller, type Principal } from '../http/caller/principal.ts';
import { ContactsService } from './contacts.service.ts';

/** `/v1/contacts`. */
@ApiTags('Contacts')
@Controller('v1/contacts')
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  @Get()
  @Operation({ summary: 'Lists contacts, newest first', access: 'contacts:read', answer: pageOf(Contact) })
  list(@Caller() caller: Principal, @Query({ schema: ContactQuery }) query: ContactQuery): Promise<Page<Contact>> {
    return this.contacts.list(caller, query);
  }

  @Get(':externalId')
  @Operation({ summary: 'Shows a contact', access: 'contacts:read', answer: Contact })
  show(@Caller() caller: Principal, @Param('externalId', { schema: ExternalId }) id: string): Promise<Contact> {
    return this.contacts.show(caller, id);
  }

  @Get(':externalId/timeline')
  @Operation({
    summary: 'Shows what happened to a contact over all jobs, newest first',
    access: 'contacts:read',
    answer: pageOf(ContactMoment),
  })
  timeline(
    @Caller() caller: Principal,
    @Param('externalId', { schema: ExternalId }) id: string,
    @Query({ schema: PageQuery }) query: PageQuery,
  ): Promise<Page<ContactMoment>> {
    return this.contacts.timeline(caller, id, query);
  }

  @Put(':externalId')
  @Operation({ summary: 'Makes or changes a contact', access: 'contacts:write', answer: Contact })
  put(
    @Caller() caller: Principal,
    @Param('externalId', { schema: ExternalId }) id: string,
    @Body({ schema: ContactChange }) change: ContactChange,
  ): Promise<Contact> {
    return this.contacts.put(caller, id, change);
  }

  @Delete(':externalId')
  @Operation({
    summary: 'Erases a contact: ends its journeys and deletes what is known of it',
    access: 'contacts:write',
  })
  erase(@Caller() caller: Principal, @Param('externalId', { schema: ExternalId }) id: string): Promise<void> {
    return this.contacts.erase(caller, id);
  }
}

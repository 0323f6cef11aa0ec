import type { Kysely } from 'kysely';
import { announce, statements } from './row-security.ts';

/**
 * The change log records everything that a screen lists: also courses, templates, erased contacts, effects once something
 * is known about them, and documents, which get a `rev` for it. Writers need not know: the database counts and announces. A
 * claim, a hand-off or a document just begun shows on no list, so it is not worth a row.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await announce(db, 'course', 'course');
  await announce(db, 'template', 'template');
  await statements(db, erased);
  await statements(db, effects);
  await statements(db, documents);
}

const erased = `
create function announce_removal() returns trigger language plpgsql as $$
begin
  insert into change_log (workspace_id, topic, id, rev) values (old.workspace_id, tg_argv[0], old.id::text, old.rev + 1);
  return null;
end $$;
create trigger contact_announces_removal after delete on contact for each row execute function announce_removal('contact');
`;

const effects = `
create trigger effect_announces after update on effect for each row
  when (new.state is distinct from old.state and new.state not in ('planned', 'claimed', 'handedOff'))
  execute function announce_change('effect');
`;

const documents = `
alter table document add column rev bigint not null default 1;
create function count_document_change() returns trigger language plpgsql as $$
begin
  new.rev := old.rev + 1;
  return new;
end $$;
create trigger document_counts before update on document for each row
  when ((new.generated is distinct from old.generated and new.generated <> 'working')
    or (new.rendered is distinct from old.rendered and new.rendered <> 'working')
    or new.decision is distinct from old.decision)
  execute function count_document_change();
create trigger document_announces after update on document for each row
  when (new.rev > old.rev) execute function announce_change('document');
`;

import { z } from 'zod';
import { openDurableMap } from '../control/durable-map.ts';
import type { Journal } from '../control/journal.ts';

/** One object of the CRM: a contact or a note of either provider. `properties` are as the provider's API names them. */
export const CrmObject = z.strictObject({
  id: z.string(),
  type: z.string(),
  properties: z.record(z.string(), z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type CrmObject = z.infer<typeof CrmObject>;

/** The objects that the CRM double holds. Every write goes to the journal, with the identifying value as key. */
export interface CrmStore {
  find(type: string, property: string, value: string): CrmObject | undefined;
  get(type: string, id: string): CrmObject | undefined;
  list(type: string): CrmObject[];
  create(input: { type: string; key: string; properties: Record<string, string> }): CrmObject;
  update(input: { object: CrmObject; key: string; properties: Record<string, string> }): CrmObject;
  /** Makes a field one of several choices; every other one takes a single value. */
  addChoiceField(type: string, field: string): void;
  choiceFields(type: string): string[];
  clear(): void;
  close(): void;
}

/** Opens the store in `home`, with what earlier runs put there. */
export function openCrmStore(input: { home: string; journal: Journal }): CrmStore {
  const objects = openDurableMap({ home: input.home, name: 'crm-objects', schema: CrmObject });
  const choiceFields: { type: string; field: string }[] = [];
  return {
    find: (type, property, value) => objects.find((each) => each.type === type && each.properties[property] === value),
    get(type, id) {
      const object = objects.get(id);
      return object?.type === type ? object : undefined;
    },
    list: (type) => objects.values().filter((each) => each.type === type),
    create({ type, key, properties }) {
      const at = new Date().toISOString();
      const object = { id: String(1001 + objects.size()), type, properties, createdAt: at, updatedAt: at };
      objects.put(object.id, object);
      input.journal.append({ kind: `${type}.created`, key, details: { id: object.id, properties } });
      return object;
    },
    update({ object, key, properties }) {
      const updated = {
        ...object,
        properties: { ...object.properties, ...properties },
        updatedAt: new Date().toISOString(),
      };
      objects.put(object.id, updated);
      input.journal.append({ kind: `${object.type}.updated`, key, details: { id: object.id, properties } });
      return updated;
    },
    addChoiceField: (type, field) => void choiceFields.push({ type, field }),
    choiceFields: (type) => choiceFields.filter((each) => each.type === type).map(({ field }) => field),
    clear: () => {
      objects.clear();
      choiceFields.length = 0;
    },
    close: () => objects.close(),
  };
}

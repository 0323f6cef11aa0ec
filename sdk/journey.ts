/**
 * What an engineer writes journeys with. A definition is data: `throughline push` stores it, and the interpreter runs it.
 */
export { approval, member, role } from './journey/approval.ts';
export { defineJourney } from './journey/define.ts';
export { defineEvent, entryKey, event } from './journey/events.ts';
export { crm, delay, email, exit, goTo, llm, updateContact, waitFor, when } from './journey/steps.ts';
export { text } from './journey/values.ts';

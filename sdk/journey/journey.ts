/**
 * What an engineer writes journeys with. A definition is data: `throughline push` stores it, and the interpreter runs it.
 */
export { approval, member, role } from './approval.ts';
export { defineJourney } from './define.ts';
export { defineEvent, entryKey, event, segmentEnter, segmentLeave } from './events.ts';
export { crm, delay, email, exit, goTo, llm, onError, updateContact, waitFor, when } from './steps.ts';
export { text } from './values.ts';

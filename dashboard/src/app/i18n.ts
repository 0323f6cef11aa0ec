import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';

/** The language of the words in the code. */
const source = 'en';

/** Makes the words of the code readable. They stand where they are shown, so that a page brings its own and no others, and are compiled there. */
export function loadWords(): void {
  i18n.setMessagesCompiler(compileMessage);
  i18n.loadAndActivate({ locale: source, messages: {} });
  document.documentElement.lang = source;
}

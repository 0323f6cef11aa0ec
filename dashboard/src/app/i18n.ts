import { i18n } from '@lingui/core';

const locales = ['en'] as const;
type Locale = (typeof locales)[number];

/** Loads the catalogue of the first language of the browser that there is one for, else English. */
export async function loadWords(): Promise<void> {
  const locale = navigator.languages.map(languageOf).find(isLocale) ?? 'en';
  const { messages } = await import(`../../locales/${locale}.po`);
  i18n.loadAndActivate({ locale, messages });
  document.documentElement.lang = locale;
}

function languageOf(tag: string): string {
  return tag.split('-')[0] ?? tag;
}

function isLocale(name: string): name is Locale {
  return locales.some((locale) => locale === name);
}

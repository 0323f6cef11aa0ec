/** One kind of what must not stand in a finished document. `languages`: only in these, or in all but those behind a `!`. */
export type LeftoverPattern = { code: string; pattern: RegExp; message: string; hint: string; languages?: string };

const plain = 'Write plain sentences without any markup.';
const real = 'Replace it by the real value from the row, or leave the sentence out.';
const alone = 'Write only the document’s text; do not speak of yourself, the request or its rules.';

/** Words that say what a placeholder stands for, as templates of many languages have them. */
const FIELDS = String.raw`insert\w*|your|name|names|first|last|full|customer|client|company|date|amount|address|recipient|policy|number|price|title|sender|signature|x{2,}|einf(?:ü|ue)gen|(?:kunden|vor|nach|firmen)?name|kundennummer|anrede|betrag|datum|adresse|ins(?:é|e)rer|pr(?:é|e)nom|nom|montant|adresse|nombre|apellidos?|cliente|fecha|importe|direcci(?:ó|o)n|insert(?:ar|e)|inserire|nome|cognome|importo|data|indirizzo|inserir|naam|bedrag|datum|invullen|valor`;
const HAN_FIELDS =
  '姓名|客户|名字|日期|金额|地址|称呼|先生|名前|氏名|お客様|会社名|日付|금액|이름|고객|날짜|插入|填写|入力';
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.\- ]{0,40}`;

const placeholder = (pattern: RegExp, languages?: string): LeftoverPattern => ({
  code: 'placeholder',
  pattern,
  message: 'A placeholder is left',
  hint: real,
  ...(languages === undefined ? {} : { languages }),
});
const assistant = (pattern: RegExp): LeftoverPattern => ({
  code: 'assistant',
  pattern,
  message: 'The model speaks of itself or of its task',
  hint: alone,
});

/** What is looked for in the whole document. Case matters where ordinary words would match otherwise. */
export const patterns: LeftoverPattern[] = [
  {
    code: 'template',
    pattern: new RegExp(
      String.raw`\{\{[^{}\n]{0,60}\}\}|\{\{|\}\}|\{%|%\}|<%|%>|\$\{${NAME}\}|\{${NAME}\}|\*\|${NAME}\|\*|«\s?[\p{L}_]+\s?»(?=[,!:. ]|$)(?<=«\s?(?:\p{Lu}\p{L}*|\w*_\w*)\s?»)|%%?[A-Z][A-Z0-9_]{2,}%%?|##[\p{L}_]+##|@@[\p{L}_]+@@|\$[A-Z][A-Z0-9_]{2,}\$?|(?<![\p{L}\p{N}_])__[\p{L}][\p{L}_]*__`,
      'u',
    ),
    message: 'Template code is left',
    hint: real,
  },
  placeholder(
    new RegExp(String.raw`[[(<]{1,2}\s?(?:\p{L}+[\s_-]){0,2}(?:${FIELDS})(?![\p{L}])[^\])>\n]{0,40}[\]>]{1,2}`, 'iu'),
  ),
  placeholder(/\((?:insert|einf[üu]gen|ins[ée]rer|insertar|inserire|inserir)\b[^)\n]{0,40}\)/iu),
  placeholder(
    new RegExp(`[[【<{〔(（](?:[^\\]】>}〕)）\\n]{0,6})?(?:${HAN_FIELDS})[^\\]】>}〕)）\\n]{0,6}[\\]】>}〕]`, 'u'),
  ),
  placeholder(/\[[A-Z][A-Z _]{2,40}\]|<\/?\s*(?:INSERT|YOUR|NAME|[A-Z][A-Z_ ]{3,})\b[^>\n]{0,40}>?/),
  placeholder(/_{4,}|\b(?:TBD|FIXME)\b|\bTODO\s?[:(\-–]|[[(]TODO\b/),
  placeholder(/\bTODO\b/, '!es,pt,it,gl'),
  placeholder(/\bX{3,}\b/),
  {
    code: 'value',
    // “an undefined term” is a word, “your plan is undefined” is a value.
    pattern:
      /(?<!\b(?:an?|the|some|any|your|his|her|their|this|that|as|left|remains?|yet|is\s+left) )\bundefined\b(?! (?:term|word|stance|period|value|number|risk|behaviou?r))|\bNaN\b|\[object \w+\]|#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!)|(?<=[\p{L}\p{N},:] )None\b(?=[.,;!]|$)|(?<=(?<!\p{L})(?:Dear|Hello|Hi) )(?:null|None)\b/u,
    message: 'A missing value was printed',
    hint: real,
  },
  {
    ...placeholder(/(?<=[\p{L}\p{N},:] )null\b(?! and void)/u, '!de,da,sv,no,nb'),
    code: 'value',
    message: 'A missing value was printed',
  },
  assistant(
    /\bas an? (?:AI|artificial intelligence|(?:large )?language model)\b|\bI(?:['’]m| am) (?:sorry|unable|an AI)\b[^.\n]{0,60}\b(?:assist|help|cannot|can['’]t|comply|request)\b|\bI (?:cannot|can['’]t|can not|am not able to|won['’]t) (?:fulfil+|comply|assist|help|complete|process|write|generate|provide|create)\b/i,
  ),
  assistant(
    /^(?:sure|certainly|of course|absolutely)[,!] here(?:'s| is| are)\b|\bhere(?:'s| is| are) (?:the|your|a) (?:\w+ )?(?:letters?|texts?|paragraphs?|drafts?|passages?|versions?|json)\b|\blet me know if you(?:'d| would)? (?:like|want|need) (?:any |me to |further )?(?:changes?|edits?|revis\w+|adjust\w+|modif\w+)|\b(?:this|the) (?:draft|json object|prompt|placeholder)\b/i,
  ),
  assistant(
    /\b(?:one|the) JSON object\b|\bthe row is data\b|\bstand in the row\b|\bnever instructions\b|\bsystem prompt\b|\bno other numbers, dates\b|\bno Markdown, no HTML\b|\bplain sentences: no\b|\bthe row has no\b/i,
  ),
  assistant(
    /\bals (?:eine? )?(?:KI|künstliche Intelligenz|Sprachmodell|KI-\w+)\b|\bkann ich (?:dir|ihnen) (?:dabei |damit )?(?:leider )?nicht helfen\b|\b(?:diese[rnm]?|dieser|deine[rn]?|ihre[rn]?) (?:Anfrage|Bitte|Aufforderung) (?:leider )?nicht\b/iu,
  ),
  assistant(
    /\ben tant qu(?:e modèle|['’]IA|['’]intelligence)|\bje ne (?:peux|puis) pas (?:répondre|satisfaire|accéder|traiter|aider|vous aider)|\bcomo (?:un )?(?:modelo de (?:lenguaje|linguagem)|IA|inteligencia)|\bno puedo (?:ayudar|cumplir|responder|atender|completar|satisfacer)|\bin quanto (?:modello|IA|intelligenza)|\bcome (?:modello di linguaggio|modello linguistico|IA|intelligenza)|\bnon posso (?:soddisfare|aiutar|rispondere|completare|elaborare)|\bnão posso (?:ajudar|atender|responder)|\bals (?:AI|taalmodel)\b/iu,
  ),
  assistant(
    /作为(?:一个|一款)?(?:人工智能|AI|大?语言模型)|无法(?:满足|完成|处理|协助)(?:您的|你的|这个|该)?(?:请求|要求)|无法提供帮助|(?:AI|言語モデル|人工知能)(?:として|ですので)|(?:ご依頼|ご要望|リクエスト)には?お?応え(?:できません|いたしかねます)|お手伝いできません|(?:AI|언어 모델)(?:로서|로써)|요청을? (?:처리|수행)할 수 없/u,
  ),
  { code: 'filler', pattern: /\blorem ipsum\b|\bdolor sit amet\b/i, message: 'Filler text is left', hint: real },
];

/** What is looked for in what the model wrote alone: the template around it may have it. */
export const markup: LeftoverPattern = {
  code: 'markup',
  pattern: /```|\*\*[^*\n]+\*\*|^#{1,6} \S|^\s*[-*] \S|<\/?(?:p|b|br|strong|em|div|ul|li|h[1-6])\b[^>]*>/im,
  message: 'Markup would be printed as it stands',
  hint: plain,
};

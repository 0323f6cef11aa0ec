import type { BatchRow } from '../../contracts/documents/documents.ts';
import { Brand, DocumentTemplate } from '../../contracts/documents/template.schema.ts';

/** A batch in one language: what may be said in the letter of its first row, and whom its other rows are about. */
export type World = {
  language: string;
  template: DocumentTemplate;
  brand: Brand;
  brief: string;
  rows: BatchRow[];
};

type Told = {
  language: string;
  columns: Record<string, { type?: string; identifying?: boolean }>;
  brand: { name: string; website: string; email: string; phone: string };
  brief: string;
  /** The cells of each row in the order of the columns, its key first. */
  rows: string[][];
};

function world({ language, columns, brand, brief, rows }: Told): World {
  return {
    language,
    brief,
    brand: Brand.parse(brand),
    template: DocumentTemplate.parse({
      name: 'Letter',
      columns: { ...columns, note: { required: false } },
      slots: { text: { instruction: 'The passage.', maxWords: 500 } },
      body: '{{ slots.text }}',
    }),
    rows: rows.map(([key = '', ...cells], at) => ({
      ordinal: at + 1,
      line: at + 2,
      key,
      email: null,
      values: Object.fromEntries([...Object.keys(columns), 'note'].map((name, index) => [name, cells[index] ?? ''])),
    })),
  };
}

const name = { identifying: true };
const money = { type: 'money' };
const date = { type: 'date' };

/** The batches that the passages of this folder are about, by the word at the beginning of their lines. */
export const worlds: Record<string, World> = {
  en: world({
    language: 'en',
    columns: { first_name: name, last_name: name, policy: {}, product: {}, premium: money, renewal: date, city: {} },
    brand: {
      name: 'Harbour & Lane',
      website: 'https://harbour.example',
      email: 'help@harbour.example',
      phone: '+353 1 555 0100',
    },
    brief:
      'Letters about the renewal of a policy. We answer 24/7. A discount of 7.5% ends on 31 January 2027. You may cancel within 14 days.',
    rows: [
      ['HL-20001', 'Ana', 'Brandt', 'HL-20001', 'Household', '79.91', '2027-01-19', 'Leeds', 'prefers e-mail to calls'],
      ['HL-20002', 'Luca', 'Keller', 'HL-20002', 'Travel', '312.40', '2027-02-26', 'York'],
      ['HL-20003', 'Priya', 'Raman', 'HL-20003', 'Household', '148.00', '2027-03-02', 'Hull'],
      ['HL-20004', 'Rose', 'Winter', 'HL-20004', 'Boat', '455.10', '2027-04-11', 'Bath'],
      ['HL-20005', 'José', 'Núñez', 'HL-20005', 'Travel', '91.35', '2027-05-23', 'Derby'],
    ],
  }),
  // One column with the whole name, one with an address of many words; a pupil may be known by one word.
  us: world({
    language: 'en-US',
    columns: { name, address: name, course: {}, fee: money, starts: date, size: {} },
    brand: {
      name: 'Acme Night School',
      website: 'https://acme.example',
      email: 'desk@acme.example',
      phone: '+1 555 010 2233',
    },
    brief:
      'Welcome the pupil. Classes have 12 pupils at most. The first lesson is free. A shirt comes in the size of the row.',
    rows: [
      ['S-41', 'Dana Weber', '9 Mill Road, Salem', 'Pottery', '240', '2027-01-19', 'XXX', 'undefined stance on glazes'],
      [
        'S-42',
        'Tom Okafor',
        '1207 North Old Orchard Lane, Apartment 5C, Springfield',
        'Pottery',
        '310',
        '2027-02-03',
        'M',
      ],
      ['S-43', 'Zendaya', '77 Elm Court, Dover', 'Sewing', '185', '2027-02-09', 'S'],
      ['S-44', 'Mary-Jane O’Hara', '5 Quay Street, Salem', 'Sewing', '185', '2027-02-09', 'L'],
      ['S-45', 'Grace Hopewell', '31 Long Hill, Salem', 'Pottery', '240', '2027-01-19', 'M'],
    ],
  }),
  de: world({
    language: 'de',
    columns: { name, kunde: {}, abschlag: money, faellig: date, zaehler: {}, ort: {} },
    brand: {
      name: 'Stadtwerke Lahn',
      website: 'https://lahn.example',
      email: 'info@lahn.example',
      phone: '+49 6421 55501',
    },
    brief:
      'Briefe über den neuen Abschlag für Strom in Euro. Wer bis zum 15. Februar 2027 antwortet, erhält 20 Euro Bonus. Die Preise steigen um 3,5 %. Es gilt eine Frist von 14 Tagen.',
    rows: [
      ['K-48812', 'Jonas Lindemann', 'K-48812', '84.50', '2027-03-01', '1ESY7701', 'Marburg', 'zahlt per Lastschrift'],
      ['K-48813', 'Katharina Vogel', 'K-48813', '129.00', '2027-03-04', '1ESY7702', 'Gießen'],
      ['K-48814', 'Mehmet Yıldız', 'K-48814', '66.20', '2027-03-08', '1ESY7703', 'Wetzlar'],
      ['K-48815', 'Anna-Lena Koch', 'K-48815', '97.75', '2027-03-11', '1ESY7704', 'Fulda'],
    ],
  }),
  fr: world({
    language: 'fr',
    columns: { prenom: name, nom: name, formule: {}, montant: money, debut: date, ville: {} },
    brand: {
      name: 'Salle Élan',
      website: 'https://elan.example',
      email: 'bonjour@elan.example',
      phone: '+33 4 55 50 10 20',
    },
    brief:
      'Lettres de bienvenue en salle de sport. La salle est ouverte 7 jours sur 7. Une remise de 10 % est valable jusqu’au 28 février 2027. Prix en euros.',
    rows: [
      ['E-501', 'Chloé', 'Marchand', 'Carnet', '45.00', '2027-02-08', 'Lyon', 'vient à vélo'],
      ['E-502', 'Hugo', 'Lefèvre', 'Annuelle', '380.00', '2027-02-11', 'Lyon'],
      ['E-503', 'Inès', 'Moreau', 'Carnet', '45.00', '2027-02-13', 'Bron'],
    ],
  }),
  es: world({
    language: 'es',
    columns: { nombre: name, domicilio: name, poliza: {}, modalidad: {}, prima: money, vence: date },
    brand: {
      name: 'Costa Clara',
      website: 'https://costaclara.example',
      email: 'hola@costaclara.example',
      phone: '+34 955 501 020',
    },
    brief:
      'Cartas sobre la renovación del seguro del coche en euros. Hay un descuento del 5 % hasta el 30 de abril de 2027. Puede anular en 14 días.',
    rows: [
      [
        'CC-7731',
        'Lucía Campos',
        'Calle del Pozo 4, Cádiz',
        'CC-7731',
        'A TODO RIESGO',
        '312.75',
        '2027-05-14',
        'aparca en garaje',
      ],
      [
        'CC-7732',
        'Javier Ortega Ruiz',
        'Avenida de la Buena Esperanza 18, 2º B, Huelva',
        'CC-7732',
        'Terceros',
        '198.40',
        '2027-05-17',
      ],
      ['CC-7733', 'María del Pilar Santos', 'Plaza Nueva 3, Jerez', 'CC-7733', 'A TODO RIESGO', '420.00', '2027-05-21'],
    ],
  }),
  it: world({
    language: 'it',
    columns: { nome: name, cognome: name, tessera: {}, quota: money, scadenza: date, sede: {} },
    brand: {
      name: 'Biblioteca Verdi',
      website: 'https://verdi.example',
      email: 'ciao@verdi.example',
      phone: '+39 055 501 020',
    },
    brief:
      'Lettere per il rinnovo della tessera della biblioteca. Prezzi in euro. Il prestito dura 30 giorni. Chi rinnova entro il 31 maggio 2027 risparmia il 10 %.',
    rows: [
      ['T-901', 'Giulia', 'Ferri', 'T-901', '24.00', '2027-06-18', 'Prato', 'ama i gialli'],
      ['T-902', 'Marco', 'Bianchi', 'T-902', '36.50', '2027-06-21', 'Lucca'],
      ['T-903', 'Elena', 'Russo', 'T-903', '24.00', '2027-06-25', 'Pisa'],
    ],
  }),
  zh: world({
    language: 'zh',
    columns: { name, policy: {}, premium: money, renewal: date, city: {} },
    brand: {
      name: '安海保险',
      website: 'https://anhai.example',
      email: 'kefu@anhai.example',
      phone: '+86 10 5550 1020',
    },
    brief: '续保通知。我们24小时接听电话。2027年3月31日前续保可享受9.5%的折扣。保费以元计。',
    rows: [
      ['AH-3007', '陈思远', 'AH-3007', '500', '2027-04-12', '苏州', '喜欢短信'],
      ['AH-3008', '王小明', 'AH-3008', '860', '2027-04-15', '南京'],
      ['AH-3009', '欧阳雪梅', 'AH-3009', '1240', '2027-04-20', '无锡'],
    ],
  }),
  ja: world({
    language: 'ja',
    columns: { name, plan: {}, fee: money, renewal: date, city: {} },
    brand: {
      name: 'みなと保険',
      website: 'https://minato.example',
      email: 'help@minato.example',
      phone: '+81 3 5550 1020',
    },
    brief: '更新のお知らせです。24時間お電話を受け付けています。2027年3月31日まで5%の割引があります。',
    rows: [
      ['MH-811', '太田健一', '家財', '79.91', '2027-04-12', '横浜', 'メール希望'],
      ['MH-812', '佐藤美咲', '旅行', '128.40', '2027-04-19', '川崎'],
      ['MH-813', '田中太郎', '家財', '96.30', '2027-04-26', '千葉'],
    ],
  }),
  // English letters for people of many scripts, with money as India writes it.
  in: world({
    language: 'en-IN',
    columns: { name, folio: {}, amount: money, matures: date },
    brand: {
      name: 'Lotus Savings',
      website: 'https://lotus.example',
      email: 'care@lotus.example',
      phone: '+91 22 5550 1020',
    },
    brief: 'Letters about a deposit in rupees that matures. The bank is open 6 days a week. Interest is 6.25% a year.',
    rows: [
      ['LF-6601', 'Anand Pillai', 'LF-6601', '123456.00', '2027-01-27', 'कृपया पत्र भेजें'],
      ['LF-6602', 'मीरा शर्मा', 'LF-6602', '80500.00', '2027-02-14'],
      ['LF-6603', 'خالد منصور', 'LF-6603', '91250.00', '2027-02-21'],
      ['LF-6604', '김민수', 'LF-6604', '70300.00', '2027-03-05'],
    ],
  }),
};

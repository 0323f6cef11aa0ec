/** What an S3 server answered, or that it did not. `code` is S3's own, such as `NoSuchKey`; `message` says what to do. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.status = status;
  }

  /** Whether the same call may go well in a moment. */
  get isPassing(): boolean {
    return this.status >= 500 || this.status === 429 || passing.has(this.code);
  }
}

const passing = new Set([
  'SlowDown',
  'RequestTimeout',
  'InternalError',
  'ServiceUnavailable',
  'OperationAborted',
  'Away',
  'NoAnswer',
]);

const hints: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'it does not know the key: see S3_ACCESS_KEY',
  SignatureDoesNotMatch: 'the secret does not belong to the key: see S3_SECRET_KEY, and S3_REGION',
  AccessDenied:
    'the key may not do this: it needs s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and, so that a missing object is known as missing, s3:ListBucket',
  NoSuchBucket: 'there is no such bucket: see OBJECTS',
  RequestTimeTooSkewed: 'the clock of this machine is off by more than it allows: set it right',
  AuthorizationHeaderMalformed: 'the region is another one: see S3_REGION',
  PermanentRedirect: 'the bucket is in another region or at another address: see S3_REGION and S3_ENDPOINT',
  SlowDown: 'it asks to slow down',
  NoAnswer: 'that is no answer of an S3 server: see S3_ENDPOINT, and what stands before the server',
};

/** The error of an answer; `body` is its XML, empty where there was none. */
export function s3Error(status: number, headers: Headers, body: string): S3Error {
  // A 404 in other words than S3's is of what stands before the server, and says nothing of the object.
  const isStrange = status === 404 && body.trim() !== '';
  const code = textOf(body, 'Code') ?? (isStrange ? 'NoAnswer' : codes[status]) ?? `HTTP ${status}`;
  const region = headers.get('x-amz-bucket-region') ?? textOf(body, 'Region');
  const hint = hints[code] ?? 'it refuses the call';
  const where = region === null ? '' : `; it says ${region}`;
  return new S3Error(code, status, `the object store answers ${status} ${code}: ${hint}${where}`);
}

/** Where there is no body, as in an answer to HEAD or from a proxy. */
const codes: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  307: 'PermanentRedirect',
  403: 'AccessDenied',
  404: 'NoSuchKey',
  503: 'SlowDown',
};

/** The text of the first element of a name in an answer of S3, whose names and ids need no unescaping; null where there is none. */
export function textOf(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;
}

/**
 * What an enhanced status code (RFC 3463) of class 5 says of the address of a mail: `gone` where there is no such address (5.1.x but those about
 * the sender, 5.2.1 a closed mailbox); `full` where the mailbox takes nothing now (all else of 5.2 and 5.4, which is about the way there);
 * `other` where the server did not want this mail, by its size, its words or its sender: that says nothing of the address.
 */
export function addressStatus(status: string): 'gone' | 'full' | 'other' {
  if (/^5\.(1\.(?!0*[78]$)|2\.0*1$)/.test(status)) return 'gone';
  return /^5\.([24])\.(?!0*3$)/.test(status) ? 'full' : 'other';
}

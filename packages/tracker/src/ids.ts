/** UUIDv7 (RFC 9562): ids that sort by the moment they were made at. */

/**
 * A new id. `counter` (its low 12 bits) keeps ids of one millisecond in order; 62 further bits are random.
 *
 * @param milliseconds since 1970
 */
export function uuid7(milliseconds: number, counter: number): string {
  const time = milliseconds.toString(16).padStart(12, "0");
  const random = crypto.getRandomValues(new Uint16Array(4));
  const hex = (index: number): string => random[index]!.toString(16).padStart(4, "0");
  random[0] = (random[0]! & 0x3fff) | 0x8000;
  const version = (0x7000 | (counter & 0xfff)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${hex(0)}-${hex(1)}${hex(2)}${hex(3)}`;
}

/** When an id was made, in milliseconds since 1970; NaN for what is none. */
export function madeAt(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

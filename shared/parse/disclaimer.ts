const opening = /^\s{0,16}\*{3}\s{0,8}\S[^\r\n]{0,200}?\(\s?\d{1,12}\s?\)\s{1,8}disclaimer\s?:/i;

/** Whether a message's text is a firm's automatic disclaimer: it begins like `*** FIRM (123) Disclaimer:`. */
export function isDisclaimer(text: string): boolean {
  return opening.test(text);
}

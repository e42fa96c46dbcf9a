const badDeclaration = "an XML declaration that is not valid, or not at the file's very beginning";
const bareAmpersand = "an ampersand that is not written as &amp;";
const bareLess = "a < that is not written as &lt;, or a tag that is broken";
const badInstruction = "a processing instruction that is not valid";

/** How saxes' messages begin, and what they mean. */
const explanations: readonly (readonly [start: string, meaning: string])[] = [
  ["disallowed character.", "a character that XML 1.0 does not allow"],
  ["malformed character entity", "a character reference to no valid character"],
  ["undefined entity", "an entity that is not one of XML's five"],
  ["disallowed character in entity", bareAmpersand],
  ["empty entity name", bareAmpersand],
  ["unmatched closing tag", "a closing tag without an opening one"],
  ["unexpected close tag", "a closing tag that does not match the opening one"],
  ["duplicate attribute", "an attribute that is given twice"],
  ["unquoted attribute value", "an attribute whose value is not in quotes"],
  ["attribute without value", "an attribute without a value"],
  ["no whitespace between attributes", "attributes with no space between them"],
  ["documents may contain only one root", "more than one root element"],
  ["text data outside of root node", "text outside of the root element"],
  ["inappropriately located doctype", "a DOCTYPE in the middle of the document"],
  ["malformed comment", "a comment that has two hyphens inside"],
  ['the string "]]>"', "a ]]> in a text, where the > has to be written as &gt;"],
  ["disallowed character in tag name", bareLess],
  ["disallowed character in attribute name", bareLess],
  ["disallowed character in closing tag", bareLess],
  ["forward-slash in opening tag", bareLess],
  ["incorrect syntax", bareLess],
  ["processing instruction without a target", badInstruction],
  ["disallowed character in processing instruction", badInstruction],
  ["processing instructions are not allowed before root", badDeclaration],
  ["XML declaration", badDeclaration],
  ["an XML declaration must be at the start", badDeclaration],
  ["the XML declaration must appear at the start", badDeclaration],
  ["version number must match", badDeclaration],
  ["encoding value must match", badDeclaration],
  ["standalone value must match", badDeclaration],
  ["expected ", badDeclaration],
  ["did not expect any more name/value pairs", badDeclaration],
  ["value required", badDeclaration],
  ["value must be quoted", badDeclaration],
  ["whitespace required", badDeclaration],
  ["The character ? is disallowed", badDeclaration],
];

/**
 * What a message of saxes means, in our words: its own can quote the file (names of tags, attributes and prefixes), so
 * only known ones are told.
 */
export function explainXmlFault(message: string): string {
  return explanations.find(([start]) => message.startsWith(start))?.[1] ?? "its markup is broken";
}

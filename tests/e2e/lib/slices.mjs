// Cuts records out of a documented response by hand, so that their bytes can be compared with what the app shows.

/** The exact text of each record: the members of `value`, of a bare array, or the object itself. */
export function slices(text) {
  const json = JSON.parse(text);
  if (Array.isArray(json)) return members(text, text.indexOf("["));
  if (!Array.isArray(json.value)) return [text.trim()];
  return members(text, text.indexOf("[", /"value"\s*:/.exec(text).index));
}

/** The objects in the array that begins at this place. */
function members(text, start) {
  const found = [];
  let depth = 0;
  let from = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at);
    } else if (sign === "{" || sign === "[") {
      depth += 1;
      if (depth === 2) from = at;
    } else if (sign === "}" || sign === "]") {
      if (depth === 2) found.push(text.slice(from, at + 1));
      depth -= 1;
      if (depth === 0) break;
    }
  }
  return found;
}

function endOfString(text, start) {
  for (let at = start + 1; ; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
}

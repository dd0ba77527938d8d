// What a name looks like.

const colors = 6;

export function initialOf(user) {
  return [...user][0]?.toUpperCase() ?? "?";
}

// Names that differ by one letter should differ in color, so every character moves the whole sum (FNV-1a).
export function colorOf(user) {
  let sum = 0x811c9dc5;
  for (const character of user) {
    sum = Math.imul(sum ^ character.codePointAt(0), 0x01000193) >>> 0;
  }

  return (sum >>> 8) % colors;
}

// What a name looks like.

const colors = 6;

export function initialOf(user) {
  return [...user][0]?.toUpperCase() ?? "?";
}

export function colorOf(user) {
  let sum = 0;
  for (const character of user) {
    sum = (sum * 31 + character.codePointAt(0)) % 997;
  }

  return sum % colors;
}

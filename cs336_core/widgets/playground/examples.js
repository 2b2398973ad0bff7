// Example texts, each of which shows one effect.

/** @type {[name: string, text: string][]} */
export const EXAMPLES = [
  ["space", "hello world\nhello  world\n hello"],
  ["twice", "hello hello"],
  ["case", "Token token TOKEN toKen"],
  ["digits", "1234567890 + 1234 = 1234569124\n3.14159, 2024-05-17"],
  ["chinese", "今天天气不错。The weather is nice today."],
  ["emoji", "🌍 👍🏽 👩‍🚀 🇨🇳 café"],
  ["code", "def f(n):\n    # one space or four\n    return n  # \t tab\n"],
];

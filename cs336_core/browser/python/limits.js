// What a program in the page may use. Each limit ends the program with a sentence that names it.

export const LIMITS = {
  seconds: 60, // of running, unless the caller sets another timeout
  output: 100_000, // characters of both streams
  memory: 512, // MiB of Python's memory, which every run gets anew
  steps: 10_000, // of a trace, unless the caller sets another
  trace: 5_000_000, // characters of a trace's text
  code: 100_000, // characters of a program
};

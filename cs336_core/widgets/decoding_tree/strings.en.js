// The figure's strings, by language.

import { addStrings } from "../../ui/strings.js";

addStrings({
  en: {
    "decoding.title": "Choosing a text, token by token",
    "decoding.method": "Choose the next token by",
    "decoding.greedy": "Greedy",
    "decoding.beam": "Beam search",
    "decoding.sampling": "Sampling",
    "decoding.result.greedy": "Log p, greedy",
    "decoding.result.beam": "Log p, beam search",
    "decoding.result.sampling": "Log p, sampled",
    "decoding.width": "Beams, K",
    "decoding.temperature": "Temperature",
    "decoding.top_k": "Top-k",
    "decoding.top_p": "Top-p",
    "decoding.seed": "Seed",
    "decoding.step": "Tokens",
    "decoding.tree": "The tree of candidates",
    "decoding.prompt": "The prompt",
    "decoding.column": "Step {n}",
    "decoding.kept.greedy": "chosen",
    "decoding.kept.beam": "kept as number {rank}",
    "decoding.kept.sampling": "drawn",
    "decoding.dropped.greedy": "not chosen",
    "decoding.dropped.beam": "dropped",
    "decoding.dropped.sampling": "not drawn",
    "decoding.dropped.top_k": "beyond top-k",
    "decoding.dropped.top_p": "beyond top-p",
    "decoding.legend.kept": "kept",
    "decoding.legend.out": "excluded by top-k or top-p",
    "decoding.legend.total": "The number is the log-probability of the text so far, in nats.",
    "decoding.legend.percent": "The number is the probability with which the token is drawn.",
    "decoding.texts": "Texts after {n} tokens",
    "decoding.texts.one": "Texts after 1 token",
    "decoding.texts.zero": "No token has been chosen yet.",
    "decoding.status.start":
      "The model has read the prompt. Step forward: the first token is chosen.",
    "decoding.status.greedy":
      "Step {step}: of all {all} tokens, “{token}” is the most probable one ({p}), so it is appended.",
    "decoding.status.beam.first":
      "Step 1: the {kept} most probable tokens begin {kept} beams. The best is “{token}” ({p}).",
    "decoding.status.beam":
      "Step {step}: {parents} beams with {parents} candidates each make {n}; the {kept} most probable texts are kept. {lost}",
    "decoding.status.beam.alone":
      "With one beam, step {step} keeps the most probable token, “{token}” ({p}): this is greedy decoding.",
    "decoding.lost": "No continuation of {lost} is among them.",
    "decoding.lost.none": "Each beam has a continuation among them.",
    "decoding.status.sampling":
      "Step {step}: {n} of {all} tokens can be drawn, and “{token}” was, with a probability of {p}.",
    "decoding.status.sampling.one":
      "Step {step}: only “{token}” can be drawn, so this step is greedy.",
    "decoding.cut": "Only the last {n} tokens of the prompt are read.",
    "decoding.empty": "Type a prompt, and the model continues it.",
    "decoding.try":
      "Step through the beam search: which first tokens are dropped, and when? Then compare log p of the three methods after 8 tokens. Which text would you rather read?",
    "decoding.example.king": "the king",
    "decoding.example.night": "good night",
    "decoding.example.what": "what is",
    "decoding.example.market": "the market",
  },
});

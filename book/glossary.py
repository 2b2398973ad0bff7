# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Glossary
#
# The terms of the course, in a sentence or two, each with the lecture that explains more.
#
# ```{glossary}
# :sorted:
#
# Activation
#   What an MLP does to each number between its two matrices, so that they are more than one
#   matrix. {doc}`/lectures/05_transformer`
#
# Activations
#   What a forward pass keeps for the backward pass. It grows with the batch and the length.
#   {doc}`/lectures/06_accounting`
#
# Alignment
#   Making a base model follow instructions, in a certain style, and refuse what it should refuse.
#   {doc}`/lectures/01_overview`
#
# Arithmetic intensity
#   How many FLOPs are made for each byte that is moved. {doc}`/lectures/06_accounting`
#
# Attention
#   The part of a Transformer in which each token takes in what it needs from other tokens.
#   {doc}`/lectures/04_attention`
#
# Attention head
# Head
#   One of several attentions side by side, each with matrices of its own.
#   {doc}`/lectures/04_attention`
#
# Base model
#   A model that has been trained to predict the next token and for nothing else.
#   {doc}`/lectures/01_overview`
#
# Byte pair encoding
# BPE
#   Finds tokens by counting: the most frequent pair of neighbours becomes one token, and so on.
#   {doc}`/lectures/03_bpe`
#
# Causal mask
#   Hides from each token those that come after it. {doc}`/lectures/04_attention`
#
# Checkpointing
# Recomputation
#   Computing a layer again on the way back, in place of keeping what it needs.
#   {doc}`/lectures/06_accounting`
#
# Code point
#   The number that Unicode gives to a character. {doc}`/lectures/02_tokenization`
#
# Compression ratio
#   Bytes of UTF-8 that a token stands for, on average; *bytes per token* in the figures.
#   {doc}`/lectures/02_tokenization`
#
# Compute-bound
#   Waiting for arithmetic, and not for memory. {doc}`/lectures/06_accounting`
#
# Corpus
#   A large collection of texts. {doc}`/lectures/02_tokenization`
#
# Cross-attention
#   Attention in which the queries come from one text, and keys and values from another.
#   {doc}`/lectures/04_attention`
#
# Decode
#   To turn ids back into text. (Of a model that answers: to write one token after another.)
#   {doc}`/lectures/02_tokenization`
#
# Decoder
#   A Transformer, or its part, that writes token after token: each sees those before it.
#   {doc}`/lectures/04_attention`
#
# Direct preference optimization
# DPO
#   Learning from pairs of answers, a better and a worse one, without a model that gives rewards.
#   {doc}`/lectures/01_overview`
#
# Embedding
#   The table with a row of numbers for every id; also such a row. {doc}`/lectures/02_tokenization`
#
# Emergence
#   An ability that small models do not show and large ones do. Some of it is in the way one
#   measures. {doc}`/lectures/01_overview`
#
# Encode
#   To turn text into ids. {doc}`/lectures/02_tokenization`
#
# Encoder
#   A Transformer, or its part, that reads a text as a whole: each token sees all others.
#   {doc}`/lectures/04_attention`
#
# FlashAttention
#   Computes attention tile by tile in fast memory, and never writes the table of scores down.
#   {doc}`/lectures/04_attention`
#
# FLOP
#   One floating-point operation: an addition or a multiplication. FLOPs are several of them, FLOP/s
#   is how many a chip does in a second. {doc}`/lectures/01_overview`
#
# Gate
#   A part of an MLP that says how much of each number is let through.
#   {doc}`/lectures/05_transformer`
#
# Group relative policy optimization
# GRPO
#   Reinforcement learning that compares several answers to the same question with each other.
#   {doc}`/lectures/01_overview`
#
# Grouped-query attention
# GQA
#   Attention in which several query heads share the same keys and values.
#   {doc}`/lectures/04_attention`
#
# Hyperparameter
#   A number of a model that is chosen and not learned, such as how many layers it has.
#   {doc}`/lectures/05_transformer`
#
# Id
#   The number of a token. {doc}`/lectures/02_tokenization`
#
# IsoFLOP
#   Said of models of different sizes that are all trained with the same number of operations.
#   {doc}`/lectures/01_overview`
#
# Key
#   The vector by which a token is found in attention. {doc}`/lectures/04_attention`
#
# KV cache
#   The keys and values of all tokens so far, kept so that they need not be computed again.
#   {doc}`/lectures/04_attention`
#
# Label smoothing
#   Asks a model to leave a little probability to the wrong answers.
#   {doc}`/lectures/05_transformer`
#
# Layer normalization
# LayerNorm
#   Takes the mean off a row of numbers and divides it by its spread.
#   {doc}`/lectures/05_transformer`
#
# LM head
#   The matrix at the end of a model that gives every id a score.
#   {doc}`/lectures/05_transformer`
#
# Loss
#   How surprised a model is by the token that comes: minus the logarithm of the probability that it
#   gave to it, on average. {doc}`/lectures/01_overview`
#
# MAC
#   A multiplication with its addition, counted as one; two FLOPs.
#   {doc}`/lectures/06_accounting`
#
# Mask
#   Says which tokens a token may look at. {doc}`/lectures/04_attention`
#
# Master weights
#   The weights in 32 bits, beside those in 16, so that small steps are not lost.
#   {doc}`/lectures/06_accounting`
#
# Memory-bound
#   Waiting for bytes, and not for arithmetic. {doc}`/lectures/06_accounting`
#
# Merge
#   To write one token in place of two neighbours; also the pair of tokens for which this is done.
#   {doc}`/lectures/03_bpe`
#
# MFU
# Model FLOPs utilisation
#   The part of a machine's peak that goes into FLOPs which the model needs.
#   {doc}`/lectures/06_accounting`
#
# Mixed precision
#   Training with products of 16-bit numbers and steps in 32 bits.
#   {doc}`/lectures/06_accounting`
#
# Mixture of experts
#   Many MLPs in place of one, of which a router chooses a few for each token.
#   {doc}`/lectures/05_transformer`
#
# Multi-head latent attention
# MLA
#   Attention that keeps one short vector of a token, from which every head makes its keys and
#   values. {doc}`/lectures/04_attention`
#
# Multi-query attention
# MQA
#   Attention in which all heads share the same keys and values. {doc}`/lectures/04_attention`
#
# Multilayer perceptron
# MLP
#   The part of a Transformer that works on each token by itself: two or three matrices with a
#   function that is not linear in between. {doc}`/lectures/05_transformer`
#
# Padding
#   What fills up the shorter texts of a batch; nobody may look at it.
#   {doc}`/lectures/04_attention`
#
# Parameter
#   One of the numbers that training adjusts. {doc}`/lectures/01_overview`
#
# Perplexity
#   Among how many ids, all equally likely, guessing would be as hard as it is for the model: the
#   exponential of the loss. {doc}`/lectures/02_tokenization`
#
# Pre-token
#   A piece of text, about a word, that no merge crosses. {doc}`/lectures/03_bpe`
#
# Pre-tokenization
#   Cutting text into pre-tokens before anything is counted or merged. {doc}`/lectures/03_bpe`
#
# Prefill
#   The first part of answering: the whole question is read at once. {doc}`/lectures/01_overview`
#
# Proximal policy optimization
# PPO
#   Reinforcement learning in small steps. {doc}`/lectures/01_overview`
#
# Query
#   The vector with which a token asks in attention. {doc}`/lectures/04_attention`
#
# Rank
#   The place of a merge in the order in which merges were learned; the first is tried first.
#   {doc}`/lectures/03_bpe`
#
# Residual stream
#   The row of numbers of a token on its way up, to which every layer adds.
#   {doc}`/lectures/05_transformer`
#
# RMSNorm
#   Divides a row of numbers by the root of its mean square. {doc}`/lectures/05_transformer`
#
# Roofline
#   The most that a machine can do at each arithmetic intensity. {doc}`/lectures/06_accounting`
#
# Rotary embedding
# RoPE
#   Encodes the positions of tokens by rotating queries and keys. {doc}`/lectures/05_transformer`
#
# Round trip
#   Encoding and then decoding. A tokenizer must bring back exactly what it was given.
#   {doc}`/lectures/02_tokenization`
#
# Router
#   Chooses the experts that work on a token. {doc}`/lectures/05_transformer`
#
# Scaling law
#   A formula that predicts the loss from the number of parameters and tokens, fitted on small
#   models and extrapolated to large ones. {doc}`/lectures/01_overview`
#
# Sliding window
#   A mask that lets a token look at the last few only. {doc}`/lectures/04_attention`
#
# Softmax
#   Turns scores into shares that are positive and add up to 1. {doc}`/lectures/04_attention`
#
# Special token
#   A mark that is no text, such as the end of a document, with an id of its own.
#   {doc}`/lectures/03_bpe`
#
# State-space model
#   Reads token by token and keeps a state of fixed size. {doc}`/lectures/05_transformer`
#
# Supervised fine-tuning
# SFT
#   Training a base model further, on questions with their answers. {doc}`/lectures/01_overview`
#
# SwiGLU
#   An MLP with a gate and the activation SiLU. {doc}`/lectures/05_transformer`
#
# Tie-break
#   The rule that says which of several equally frequent pairs merges. {doc}`/lectures/03_bpe`
#
# Token
#   A piece of text that has a number of its own. {doc}`/lectures/02_tokenization`
#
# Token tax
#   What a text costs in tokens beyond the same text in English. {doc}`/lectures/02_tokenization`
#
# Tokenizer
#   What turns text into ids, and ids into text. {doc}`/lectures/02_tokenization`
#
# Transformer
#   The kind of network that nearly all large language models are: layers of attention and MLP.
#   {doc}`/lectures/05_transformer`
#
# UTF-8
#   The way to store Unicode's characters as bytes: one to four for each.
#   {doc}`/lectures/02_tokenization`
#
# Value
#   The vector that a token gives to those that find it in attention.
#   {doc}`/lectures/04_attention`
#
# Vocabulary
#   All tokens of a tokenizer. Its size is the number of ids. {doc}`/lectures/02_tokenization`
#
# Zipf's law
#   The frequency of a word is about in inverse proportion to its place in the order of frequency.
#   {doc}`/lectures/03_bpe`
# ```

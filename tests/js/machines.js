// Two machines for tests: T4 lacks the precision that the others compute in.

export const H100 = {
  key: "h100",
  name: "H100 SXM",
  flops_per_second: { fp8: 1979e12, bf16: 989e12 },
  bytes_per_second: 3.35e12,
  memory_bytes: 80e9,
};

export const T4 = {
  key: "t4",
  name: "T4",
  flops_per_second: { fp16: 65e12 },
  bytes_per_second: 0.32e12,
  memory_bytes: 16e9,
};

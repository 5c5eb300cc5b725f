//! Mutations of seeds: the same ones at each run.

/// Texts that the readers know.
const WORDS: &[&str] = &[
    "\0",
    "\n",
    "\r",
    "\"",
    "\\",
    "%",
    "@",
    "/",
    "?",
    "=",
    "&",
    "'",
    ":",
    " ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "null",
    "true",
    "-1",
    "4294967296",
    "9223372036854775807",
    "1e9",
    "\\u0000",
    "\\ud800",
    "%2F",
    "%41",
    "%ff",
    "ä",
    "e\u{301}",
    "\u{1f600}",
    "sslmode=",
    "password=",
    "host=",
    "SCHMCHK1",
    "=== ",
    "[[[[[[[[",
    "{\"a\":",
    "\u{7f}ELF",
    "!<arch>\n",
    "schemacheck",
];

/// Numbers that break sums and shifts.
const NUMBERS: &[u32] =
    &[0, 1, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];

/// A source of numbers and of mutations.
pub(crate) struct Mutator {
    state: u64,
}

impl Mutator {
    pub(crate) fn new(name: &str) -> Self {
        Self { state: schemacheck_core::fingerprint::fnv1a(name.as_bytes()) }
    }

    /// splitmix64
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// One of the seeds, changed in one to eight places.
    pub(crate) fn mutate(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut data = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(8) {
            let (at, to) = (self.below(data.len() + 1), self.below(data.len() + 1));
            let (start, end) = (at.min(to), at.max(to).min(at.min(to) + 64));
            match self.below(8) {
                0 if at < data.len() => data[at] ^= 1 << self.below(8),
                1 if at < data.len() => data[at] = self.next() as u8,
                2 => drop(data.drain(start..end)),
                3 => {
                    let copy = data[start..end].to_vec();
                    data.splice(to..to, copy);
                }
                4 => {
                    let word = WORDS[self.below(WORDS.len())];
                    data.splice(at..at, word.bytes());
                }
                5 => {
                    let number = NUMBERS[self.below(NUMBERS.len())].to_le_bytes();
                    let end = (at + 4).min(data.len());
                    data.splice(at..end, number);
                }
                6 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len() + 1);
                    data.splice(at.., other[from..].iter().copied());
                }
                _ => data.truncate(at.max(data.len() / 2)),
            }
        }
        data
    }
}

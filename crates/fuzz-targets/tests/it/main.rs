//! Every fuzz target with its seeds, and with inputs that are made of them.

use fuzz_targets::TARGETS;
use std::{env, fs, path::Path};

/// Changed inputs of each seed; a soak runs as many times more.
const CHANGED: u64 = 60;
/// The longest input, as the fuzzer's default has it.
const INPUT_BYTES: usize = 4096;

/// xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }

    /// A seed with some bytes changed, cut out or doubled, or with a piece of another.
    fn changed(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..1 + self.below(4) {
            let (from, length) = (self.below(bytes.len() + 1), 1 + self.below(16));
            let to = (from + length).min(bytes.len());
            match self.below(5) {
                0 if from < to => bytes[from] = self.below(256) as u8,
                1 if from < to => bytes[from] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                2 => drop(bytes.drain(from..to)),
                3 => {
                    let piece = bytes[from..to].to_vec();
                    bytes.splice(from..from, piece);
                }
                _ => {
                    let start = self.below(other.len() + 1);
                    let piece = other[start..(start + length).min(other.len())].to_vec();
                    bytes.splice(from..from, piece);
                }
            }
        }
        bytes.truncate(INPUT_BYTES);
        bytes
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("the folder can be listed").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().map(|path| fs::read(path).expect("a seed can be read")).collect()
}

#[test]
fn every_target_takes_its_seeds_and_what_is_made_of_them() {
    let seed = number("SWITCHROOM_SEED").unwrap_or(1);
    println!("SWITCHROOM_SEED={seed}");
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for (name, target) in TARGETS {
        println!("{name}");
        let seeds = seeds(name);
        seeds.iter().for_each(|seed| target(seed));
        for _ in 0..CHANGED * number("SWITCHROOM_SOAK").unwrap_or(1) {
            for seed in &seeds {
                let other = random.below(seeds.len());
                let input = random.changed(seed, &seeds[other]);
                target(&input);
            }
        }
    }
}

#[test]
fn every_target_is_the_fuzzers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<String> =
        entries.map(|entry| entry.expect("the folder can be listed").file_name().display().to_string()).collect();
    files.sort();
    let names: Vec<String> = TARGETS.iter().map(|(name, _)| format!("{name}.rs")).collect();
    assert_eq!(files, names);
}

//! What was written is read, in any order and any piece.

use crate::rig::{Random, finished, live, open, read, read_live};
use proptest::prelude::*;
use sealed::limits::{CHUNK_BYTES, LIVE_CHUNK_BYTES};
use sealed::{DataKey, SealedFile};
use std::io::{Cursor, Read};

#[test]
fn files_of_any_length_are_read_at_any_place() {
    let mut random = Random::seeded();
    let edges = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES];
    for length in edges.into_iter().chain((0..6).map(|at| at * 50_021)) {
        let key = DataKey::random();
        let plain = random.bytes(length);
        let (file, chunks) = finished(&plain, &key, &mut random);
        assert_eq!(chunks as usize, length.div_ceil(CHUNK_BYTES).max(1));
        assert_eq!(read(&file, &key, chunks).expect("sound"), plain);
        let mut opened = open(&file, &key, chunks).expect("sound");
        assert_eq!(opened.length(), length as u64);
        for _ in 0..100 {
            let first = random.below(length + 1);
            let mut part = vec![0; random.below(length - first + 1).min(3 * CHUNK_BYTES)];
            opened.read_exact_at(first as u64, &mut part).expect("it is there");
            assert!(part == plain[first..first + part.len()], "{} bytes at {first} of {length}", part.len());
        }
        assert_eq!(opened.read_at(length as u64, &mut [0; 9]).expect("its end"), 0);
        assert_eq!(opened.read_at(u64::MAX, &mut [0; 9]).expect("beyond its end"), 0);
        assert!(opened.read_exact_at(length as u64, &mut [0]).is_err());
    }
}

#[test]
fn nothing_of_the_plaintext_stands_in_the_file_and_no_two_files_are_alike() {
    let plain = vec![b'x'; 3 * CHUNK_BYTES];
    let key = DataKey::random();
    let random = &mut Random::seeded();
    let files =
        [finished(&plain, &key, random).0, finished(&plain, &key, random).0, live(std::slice::from_ref(&plain), &key)];
    for file in &files {
        assert!(!file.windows(8).any(|part| part == b"xxxxxxxx"));
    }
    // The same key, the same bytes, the same number of the chunk: but another id of the file.
    let chunks = files.iter().map(|file| &file[36..36 + 1_000]);
    let mut distinct: Vec<&[u8]> = chunks.collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 3);
}

#[test]
fn a_flush_longer_than_a_chunk_becomes_several() {
    let mut random = Random::seeded();
    let key = DataKey::random();
    let flushes = [random.bytes(10), random.bytes(2 * LIVE_CHUNK_BYTES + 5), random.bytes(7)];
    assert!(read_live(&live(&flushes, &key), &key).expect("sound") == flushes.concat());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_live_file_is_what_was_flushed(
        flushes in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..3_000), 0..20),
        places in proptest::collection::vec((any::<u16>(), any::<u16>()), 0..20),
    ) {
        let key = DataKey::random();
        let plain = flushes.concat();
        let file = live(&flushes, &key);
        let mut opened = SealedFile::live(Cursor::new(&file[..]), "a", &key).expect("sound");
        prop_assert_eq!(opened.length(), plain.len() as u64);
        let mut all = Vec::new();
        opened.reader().read_to_end(&mut all).expect("sound");
        prop_assert_eq!(&all, &plain);
        for (first, count) in places {
            let first = usize::from(first) % (plain.len() + 1);
            let mut part = vec![0; usize::from(count) % (plain.len() - first + 1)];
            opened.read_exact_at(first as u64, &mut part).expect("it is there");
            prop_assert_eq!(&part[..], &plain[first..first + part.len()]);
        }
    }

    /// Whatever a crash leaves of the end: the chunks before it are there.
    #[test]
    fn a_cut_costs_the_chunk_that_it_hits(
        flushes in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 1..10),
        cut in any::<u16>(),
        torn in proptest::collection::vec(any::<u8>(), 0..50),
    ) {
        let key = DataKey::random();
        let file = live(&flushes, &key);
        let cut = usize::from(cut) % file.len();
        let mut end = 32;
        let mut whole = Vec::new();
        for flush in &flushes {
            end += 4 + flush.len() + 16;
            if end <= cut {
                whole.extend_from_slice(flush);
            }
        }
        let mut left = file[..cut].to_vec();
        prop_assert_eq!(&read_live(&left, &key).expect("readable"), &whole);
        if cut >= 32 {
            left.extend_from_slice(&torn);
            let read = read_live(&left, &key).expect("readable");
            // What the disk made of the rest may, by chance, be what was written.
            prop_assert!(read == whole || file.starts_with(&left));
        }
    }
}

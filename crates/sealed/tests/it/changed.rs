//! Whatever is done to a file: it is noticed, and nothing of what was changed is read.

use crate::rig::{Random, finished, live, open, read, read_live};
use sealed::limits::CHUNK_BYTES;
use sealed::{DataKey, SealError};

const HEAD: usize = 32;
const SEALED: usize = CHUNK_BYTES + 16;

/// Reads all that can be read, chunk by chunk: what is given is what was written there.
fn assert_gives_nothing_wrong(file: &[u8], key: &DataKey, chunks: u64, plain: &[u8]) {
    let Ok(mut opened) = open(file, key, chunks) else { return };
    for start in (0..opened.length()).step_by(CHUNK_BYTES) {
        let mut part = vec![0xa5; CHUNK_BYTES];
        match opened.read_at(start, &mut part) {
            Ok(count) => assert!(plain[start as usize..].starts_with(&part[..count]), "chunk at {start}"),
            Err(_) => assert!(part.iter().all(|&byte| byte == 0xa5), "something of a bad chunk was given"),
        }
    }
}

#[test]
fn a_flipped_bit_is_noticed_wherever_it_is() {
    let mut random = Random::seeded();
    let key = DataKey::random();
    let plain = random.bytes(2 * CHUNK_BYTES + 1_000);
    let (file, chunks) = finished(&plain, &key, &mut random);
    // Every bit of the head and of the ends, and any others.
    let edges = (0..HEAD + 20).chain(HEAD + SEALED - 20..HEAD + SEALED + 20).chain(file.len() - 20..file.len());
    let bits = edges.flat_map(|at| (0..8).map(move |bit| (at, bit)));
    let any: Vec<_> = (0..300).map(|_| (random.below(file.len()), random.below(8))).collect();
    for (at, bit) in bits.chain(any) {
        let mut changed = file.clone();
        changed[at] ^= 1 << bit;
        let error = read(&changed, &key, chunks).expect_err("it was changed").to_string();
        if at >= HEAD {
            let chunk = (at - HEAD) / SEALED;
            assert!(error.contains(&format!("chunk {chunk} of call.ogg")), "bit {bit} of byte {at}: {error}");
        }
        assert_gives_nothing_wrong(&changed, &key, chunks, &plain);
    }
}

#[test]
fn chunks_that_are_swapped_dropped_doubled_or_added_are_noticed() {
    let mut random = Random::seeded();
    let key = DataKey::random();
    let plain = random.bytes(4 * CHUNK_BYTES);
    let (file, chunks) = finished(&plain, &key, &mut random);
    let (other, _) = finished(&random.bytes(4 * CHUNK_BYTES), &key, &mut random);
    let parts = |order: &[usize]| {
        let chunks = order.iter().map(|&at| &file[HEAD + at * SEALED..HEAD + (at + 1) * SEALED]);
        [&file[..HEAD], &chunks.collect::<Vec<_>>().concat()].concat()
    };
    assert_eq!(parts(&[0, 1, 2, 3]), file);
    let mut foreign = file.clone();
    foreign[HEAD + SEALED..HEAD + 2 * SEALED].copy_from_slice(&other[HEAD + SEALED..HEAD + 2 * SEALED]);
    let changed = [
        parts(&[1, 0, 2, 3]),
        parts(&[0, 1, 3, 2]),
        parts(&[0, 1, 2]),
        parts(&[1, 2, 3]),
        parts(&[0, 1, 1, 3]),
        parts(&[0, 1, 2, 3, 3]),
        foreign,
        [&other[..HEAD], &file[HEAD..]].concat(),
        [&file[..], &[0]].concat(),
        file[..file.len() - 1].to_vec(),
        file[..HEAD].to_vec(),
        file[..HEAD - 1].to_vec(),
        Vec::new(),
    ];
    for (number, changed) in changed.iter().enumerate() {
        let error = read(changed, &key, chunks).expect_err("it was changed").to_string();
        assert!(error.contains("call.ogg"), "{number}: {error}");
        assert_gives_nothing_wrong(changed, &key, chunks, &plain);
    }
    // Cut at the end of a chunk, and whoever keeps the number of chunks is made to believe it.
    assert!(read(&parts(&[0, 1, 2]), &key, 3).expect_err("the last chunk is missing").to_string().contains("chunk 2"));
}

#[test]
fn a_file_without_a_byte_is_not_made_by_cutting_one() {
    let key = DataKey::random();
    let random = &mut Random::seeded();
    let (file, chunks) = finished(b"0123456789abcdef and more", &key, random);
    let cut = &file[..HEAD + 16];
    assert!(matches!(open(cut, &key, chunks), Err(SealError::Damaged { chunk: 0, .. })));
    let (empty, chunks) = finished(b"", &key, random);
    assert_eq!((empty.len(), chunks), (cut.len(), 1));
    assert_eq!(read(&empty, &key, chunks).expect("as it was written"), b"");
}

#[test]
fn another_key_opens_nothing() {
    let mut random = Random::seeded();
    let (file, chunks) = finished(&random.bytes(100), &DataKey::random(), &mut random);
    let refused = open(&file, &DataKey::random(), chunks).expect("the head tells nothing").read_at(0, &mut [0; 10]);
    assert!(matches!(refused, Err(SealError::Damaged { chunk: 0, .. })), "{refused:?}");
    let flushes = [random.bytes(100)];
    assert_eq!(read_live(&live(&flushes, &DataKey::random()), &DataKey::random()).expect("readable"), []);
}

#[test]
fn a_live_file_ends_before_what_was_changed() {
    let mut random = Random::seeded();
    let key = DataKey::random();
    let flushes: Vec<Vec<u8>> = (0..5).map(|_| random.bytes(200)).collect();
    let file = live(&flushes, &key);
    for at in HEAD..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << random.below(8);
        let whole = (at - HEAD) / 220;
        assert_eq!(read_live(&changed, &key).expect("readable"), flushes[..whole].concat(), "byte {at}");
    }
    let swapped = [&file[..HEAD], &file[HEAD + 220..HEAD + 440], &file[HEAD..HEAD + 220]].concat();
    assert_eq!(read_live(&swapped, &key).expect("readable"), []);
}

#[test]
fn a_file_of_another_kind_or_a_later_release_is_said_to_be_one() {
    let key = DataKey::random();
    let random = &mut Random::seeded();
    let (mut file, chunks) = finished(b"sound", &key, random);
    let flushes = [random.bytes(100)];
    let mut growing = live(&flushes, &key);
    assert!(matches!(open(&growing, &key, 1), Err(SealError::Foreign { .. })));
    assert_eq!(read_live(&file, &key).expect("nothing of it is live"), []);
    assert_eq!(read_live(&[0; 500], &key).expect("what power loss may leave"), []);
    (file[8], growing[8]) = (2, 2);
    assert!(matches!(read_live(&growing, &key), Err(SealError::Newer { .. })));
    assert!(matches!(open(&file, &key, chunks), Err(SealError::Newer { .. })));
    assert!(matches!(open(&b"OggS".repeat(30), &key, chunks), Err(SealError::Foreign { .. })));
}

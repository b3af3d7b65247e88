//! Any sample of a finished file is found, and damage is named.

use crate::rig::{record, voice};
use crate::synthetic::{Random, Relay, Voice};
use recording_core::limits::SEARCH_BYTES;
use recording_core::playback::{OpusHead, Place, PlaybackError, Search, Step, last_page, page};

/// A file of so many seconds.
fn sound(seconds: u64) -> Vec<u8> {
    let packets = Relay::default().pass(&Voice { seconds, ..Voice::default() }.packets());
    record(voice(packets), None, seconds * 1_000_000).file
}

/// All boundaries, from the first page with sound on.
fn boundaries(file: &[u8]) -> Vec<Place> {
    let mut at = Place { offset: OpusHead::read(file).expect("a head").sound_at, granule: 0 };
    let mut all = Vec::new();
    while let Some(page) = page(&file[at.offset as usize..], at.offset).expect("a page") {
        all.push(at);
        at = Place { offset: at.offset + page.length as u64, granule: page.granule };
    }
    all.push(at);
    all
}

fn find(file: &[u8], target: u64, near: Option<Place>) -> Result<(Place, u32), PlaybackError> {
    let head = OpusHead::read(&file[..file.len().min(SEARCH_BYTES)])?;
    let end = last_page(file).map_or(0, |page| page.granule);
    let mut search = Search::new(target, &head, near, file.len() as u64, end);
    let mut reads = 0;
    loop {
        match search.next() {
            Step::Found(place) => return Ok((place, reads)),
            Step::Read(at) => {
                reads += 1;
                let from = at as usize;
                search.saw(at, &file[from..file.len().min(from + SEARCH_BYTES)])?;
            }
        }
    }
}

#[test]
fn every_sample_is_found_at_its_page_in_few_reads() {
    let file = sound(500);
    assert!(file.len() > 4 * SEARCH_BYTES, "{} bytes are no search", file.len());
    let all = boundaries(&file);
    let seed = std::env::var("SWITCHROOM_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    println!("SWITCHROOM_SEED={seed}");
    let mut random = Random(seed);
    let end = all.last().expect("pages").granule;
    for _ in 0..500 {
        let target = random.next() % (end + 1_000);
        let expected = *all.iter().rfind(|place| place.granule <= target).expect("the first begins at zero");
        let (place, reads) = find(&file, target, None).expect("found");
        assert_eq!(place, expected, "sample {target}");
        assert!(reads <= 6, "{reads} reads for sample {target}");
        let near = all[random.next() as usize % all.len()];
        assert_eq!(find(&file, target, Some(near)).expect("found").0, expected, "sample {target} from {near:?}");
    }
}

#[test]
fn damage_is_named_and_never_a_panic() {
    let file = sound(4);
    let head = OpusHead::read(&file).expect("a head");
    let mut flipped = file.clone();
    let at = head.sound_at as usize + 40;
    flipped[at] ^= 1;
    assert_eq!(find(&flipped, 0, None), Err(PlaybackError::Checksum(2)));
    for cut in [0, 10, 47, head.sound_at as usize - 1] {
        assert_eq!(OpusHead::read(&file[..cut]), Err(PlaybackError::Cut(cut as u64)));
    }
    let cut = &file[..file.len() - 5];
    assert_eq!(last_page(cut), None);
    assert_eq!(find(cut, u64::MAX / 2, None), Err(PlaybackError::Cut(cut.len() as u64)));
    assert_eq!(OpusHead::read(b"RIFF and more"), Err(PlaybackError::NoPage(0)));
    let mut random = Random(5);
    for _ in 0..2_000 {
        let mut broken = file.clone();
        for _ in 0..=random.next() % 4 {
            let at = random.next() as usize % broken.len();
            broken[at] = random.next() as u8;
        }
        broken.truncate(random.next() as usize % (broken.len() + 1));
        let _ = find(&broken, random.next() % 400_000, None);
    }
}

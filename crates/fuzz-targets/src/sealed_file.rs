use sealed::{DataKey, KeyRing, LiveSealer, SealedFile, SealingWriter, Wrapped};
use std::io::{Cursor, Read, Write};

/// Plaintext bytes of a file that is small enough to be changed everywhere.
const SMALL: &[u8] = b"a recording";

/// Whatever lies on the disk in the place of a sealed file, of its keys or of its wrapped key: it is read or refused,
/// and of a file that was changed nothing is read.
pub fn sealed_file(input: &[u8]) {
    let key = DataKey::random();
    // By itself, and behind a head that is right.
    let whole = finished(&key);
    let head = LiveSealer::new(&key).head();
    for (file, chunks) in [(input.to_vec(), 1), ([&whole[..32], input].concat(), 1), ([&whole[..], input].concat(), 2)]
    {
        if let Ok(mut opened) = SealedFile::finished(Cursor::new(&file), "input", &key, chunks) {
            let mut plain = Vec::new();
            let read = opened.reader().read_to_end(&mut plain);
            assert!(read.is_err(), "a changed file was read");
        }
    }
    for file in [input.to_vec(), [&head[..], input].concat()] {
        if let Ok(mut opened) = SealedFile::live(Cursor::new(&file), "input", &key) {
            let mut plain = Vec::new();
            opened.whole_part().read_to_end(&mut plain).expect("memory is read");
            assert!(plain.is_empty(), "nothing was sealed with this key");
        }
    }
    let text = String::from_utf8_lossy(input);
    if let Ok(ring) = KeyRing::parse(&text) {
        assert!(!ring.is_empty());
    }
    let ring = KeyRing::empty().with_new_key();
    let id = ring.ids().next().expect("one was made").to_owned();
    assert!(ring.unwrap_key("input", &Wrapped { key: id, sealed: text.into_owned() }).is_err());
}

fn finished(key: &DataKey) -> Vec<u8> {
    let mut writer = SealingWriter::new(Vec::new(), key).expect("memory takes it");
    writer.write_all(SMALL).expect("memory takes it");
    writer.finish().expect("memory takes it").0
}

//! Recordings as a listener gets them: decoded by ffmpeg.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

/// The whole file as mono samples at 48 kHz.
pub(crate) fn pcm(file: &Path) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-map", "a:0", "-f", "f32le", "-ac", "1", "-ar", "48000", "-"])
        .output()
        .expect("ffmpeg is installed: `cargo xtask test` gets it");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaint.is_empty(), "{}: {complaint}", file.display());
    output.stdout.chunks_exact(4).map(|sample| f32::from_le_bytes(sample.try_into().expect("four bytes"))).collect()
}

/// Writes what people hear of a recording to `copy`, for players.
pub(crate) fn plain(open: impl Fn(&str) -> io::Result<recorder::RecordingFile>, path: &str, copy: &Path) -> PathBuf {
    let mut file = open(path).expect("it opens");
    let mut bytes = vec![0; usize::try_from(file.length()).expect("it is short")];
    let mut at = 0;
    while at < bytes.len() {
        let count = file.read_at(at as u64, &mut bytes[at..]).expect("it is sound");
        assert!(count > 0, "it is as long as it says");
        at += count;
    }
    std::fs::write(copy, bytes).expect("writable");
    copy.to_owned()
}

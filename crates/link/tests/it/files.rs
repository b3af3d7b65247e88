//! Files of the recorder, asked for over the control connection.

use crate::rig::{Authority, Note, Talk, anywhere, dial, listen, settings, soon, until_up};
use link::{ControlSettings, FileError, Files, Listening, OpenedFile, control};
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use wire::link::Role;

/// More than one chunk.
fn content() -> Vec<u8> {
    (0..200_000_u32).map(|at| (at % 251) as u8).collect()
}

async fn served() -> (tempfile::TempDir, Talk, Talk, Listening) {
    let authority = Authority::new();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.ogg"), content()).expect("written");
    let listener = listen(&authority.node(Role::Recorder), anywhere());
    let address = listener.local_addr();
    let ([line], listening) = listener.serve([Role::Signaling]);
    let dir = folder.path().to_owned();
    let open = move |path: &str| match path {
        "a.ogg" => {
            let file = std::fs::File::open(dir.join(path))?;
            let length = file.metadata()?.len();
            Ok(OpenedFile::new(length, Box::new(move |at, buffer| file.read_at(buffer, at))))
        }
        "damaged.ogg" => Ok(OpenedFile::new(
            200_000,
            Box::new(|at, buffer| match at {
                0 => Ok(buffer.len().min(100_000)),
                _ => Err(io::Error::other("chunk 1 was changed")),
            }),
        )),
        _ => Err(io::Error::other("no such recording")),
    };
    let recorder = control::<Note, Note>(line, ControlSettings { files: Some(Arc::new(open)), ..settings() });
    let line = dial(&authority.node(Role::Signaling), Role::Recorder, address);
    let mut signaling = control::<Note, Note>(line, settings());
    until_up(&mut signaling.state).await;
    (folder, recorder, signaling, listening)
}

async fn read(files: &Files, first: u64, count: u64) -> (u64, Vec<u8>) {
    let mut file = soon("a file", files.open("a.ogg", first, count)).await.expect("it is there");
    let mut bytes = Vec::new();
    while let Some(chunk) = soon("bytes", file.next()).await.expect("they come") {
        bytes.extend_from_slice(&chunk);
    }
    (file.length, bytes)
}

#[tokio::test]
async fn any_part_of_a_file_is_served() {
    let (_folder, _recorder, signaling, _listening) = served().await;
    let all = content();
    let length = all.len() as u64;
    assert_eq!(read(&signaling.files, 0, u64::MAX).await, (length, all.clone()));
    assert_eq!(read(&signaling.files, 150_000, 10).await, (length, all[150_000..150_010].to_vec()));
    assert_eq!(read(&signaling.files, 0, 0).await, (length, Vec::new()), "its length alone");
    assert_eq!(read(&signaling.files, length + 5, 10).await, (length, Vec::new()), "beyond its end");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_is_not_taken_for_a_short_one() {
    let (_folder, _recorder, signaling, _listening) = served().await;
    let mut file = soon("a file", signaling.files.open("damaged.ogg", 0, u64::MAX)).await.expect("it is there");
    let broken = loop {
        match soon("bytes", file.next()).await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    assert!(matches!(broken, Err(FileError::Broken(_))), "{broken:?}");
}

#[tokio::test]
async fn what_cannot_be_served_is_said() {
    let (_folder, recorder, mut signaling, listening) = served().await;
    let missing = signaling.files.open("b.ogg", 0, 1).await.err();
    assert_eq!(missing, Some(FileError::Missing("no such recording".into())));
    drop(recorder);
    listening.close().await;
    soon("the end", signaling.state.wait_for(|state| !state.is_up())).await.expect("the line lives");
    let away = async {
        while signaling.files.open("a.ogg", 0, 1).await.err() != Some(FileError::Away) {
            tokio::task::yield_now().await;
        }
    };
    soon("the recorder to be away", away).await;
}

use netio::{FrameReader, OversizedFrame, next_frame};

/// The first byte is the size of pieces, the rest the stream.
fn in_pieces(size: usize, stream: &[u8]) -> (Vec<Vec<u8>>, Option<OversizedFrame>) {
    let mut reader = FrameReader::default();
    let mut frames = Vec::new();
    for mut piece in stream.chunks(size) {
        while !piece.is_empty() {
            let space = reader.space();
            let taken = space.len().min(piece.len());
            assert!(taken > 0, "there is space for more");
            space[..taken].copy_from_slice(&piece[..taken]);
            reader.filled(taken);
            piece = &piece[taken..];
            loop {
                match reader.next() {
                    Ok(Some(frame)) => frames.push(frame.to_vec()),
                    Ok(None) => break,
                    Err(error) => return (frames, Some(error)),
                }
            }
        }
    }
    (frames, None)
}

fn at_once(mut stream: &[u8]) -> (Vec<Vec<u8>>, Option<OversizedFrame>) {
    let mut frames = Vec::new();
    loop {
        match next_frame(stream) {
            Ok(Some(payload)) => {
                if !payload.is_empty() {
                    frames.push(stream[payload.clone()].to_vec());
                }
                stream = &stream[payload.end..];
            }
            Ok(None) => return (frames, None),
            Err(error) => return (frames, Some(error)),
        }
    }
}

/// A TCP stream of any content, cut in any way, gives the frames that the whole stream gives, and ends where it ends.
pub fn tcp_framing(input: &[u8]) {
    let Some((&size, stream)) = input.split_first() else { return };
    assert_eq!(in_pieces(usize::from(size) + 1, stream), at_once(stream));
}

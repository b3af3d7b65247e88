use crate::SealError;
use std::io::{self, Read};

/// Bytes of a head.
pub(crate) const HEAD_BYTES: usize = 32;
/// What a sealed file begins with.
pub const MAGIC: &[u8; 8] = b"SWSEALED";
const VERSION: u8 = 1;

/// What the chunks of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Live = 1,
    Finished = 2,
}

/// A head as it stands in the file: all of it is authenticated with every chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head(pub(crate) [u8; HEAD_BYTES]);

impl Head {
    /// Of a new file.
    pub(crate) fn fresh(kind: Kind) -> Self {
        let mut head = [0; HEAD_BYTES];
        head[..8].copy_from_slice(MAGIC);
        head[8] = VERSION;
        head[9] = kind as u8;
        aws_lc_rs::rand::fill(&mut head[16..]).expect("the system's random source answers");
        Self(head)
    }

    /// The random id.
    pub(crate) fn file_id(&self) -> &[u8] {
        &self.0[16..]
    }

    /// `None` when the file ends within its head.
    pub(crate) fn read(from: &mut impl Read, kind: Kind, file: &str) -> Result<Option<Self>, SealError> {
        let mut head = [0; HEAD_BYTES];
        match from.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(source) => return Err(SealError::Io { file: file.to_owned(), source }),
        }
        if head[..8] != *MAGIC || head[8] == 0 || head[9] != kind as u8 {
            return Err(SealError::Foreign { file: file.to_owned() });
        }
        if head[8] > VERSION {
            return Err(SealError::Newer { file: file.to_owned() });
        }
        Ok(Some(Self(head)))
    }
}

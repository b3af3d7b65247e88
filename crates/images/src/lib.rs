//! Which uploaded files are pictures that every browser shows, and how large they are.
//!
//! What a file is, its bytes say, never its name. It is decoded to its end, because a header alone proves nothing: a
//! file that was cut off, or whose header names another size than its pixels have, would be a hole in somebody's page.

pub mod limits;

mod jpeg;
mod png;

use limits::Bounds;

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// PNG, third edition; an animated one shows its first picture at least.
    Png,
    /// JPEG, baseline or progressive.
    Jpeg,
}

impl Format {
    /// What HTTP calls it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// The format of that media type.
    pub fn of_media_type(name: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg].into_iter().find(|format| format.media_type() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
        }
    }
}

/// A file that is a picture within its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// How it is written.
    pub format: Format,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Too many bytes.
    #[error("has {bytes} bytes; {most} are allowed")]
    TooLarge {
        /// Of the file.
        bytes: usize,
        /// As many are allowed.
        most: usize,
    },
    /// Another kind of file.
    #[error("is {0}, whatever its name says; save the image as PNG or JPEG")]
    OtherFormat(&'static str),
    /// Too many pixels.
    #[error("has {width} × {height} pixels; {} × {} are allowed", .most.width, .most.height)]
    TooManyPixels {
        /// Of the image.
        width: u32,
        /// Of the image.
        height: u32,
        /// As many are allowed.
        most: Bounds,
    },
    /// The file breaks the rules of its format, or ends too early.
    #[error("cannot be decoded as {}: {reason}; save the image anew", .format.name())]
    Broken {
        /// What it begins as.
        format: Format,
        /// The decoder's words.
        reason: String,
    },
}

/// Looks at a file and decodes it once. Takes a core for up to a tenth of a second, and memory of about five bytes a
/// pixel besides the file.
///
/// # Errors
/// Says what is in the way, with the bound and the file's own value.
pub fn check(file: &[u8], most: Bounds) -> Result<Picture, ImageError> {
    if file.len() > most.bytes {
        return Err(ImageError::TooLarge { bytes: file.len(), most: most.bytes });
    }
    match file {
        [0x89, b'P', b'N', b'G', ..] => png::check(file, most),
        [0xff, 0xd8, ..] => jpeg::check(file, most),
        _ => Err(ImageError::OtherFormat(other(file))),
    }
}

fn other(file: &[u8]) -> &'static str {
    match file {
        [] => "empty",
        [b'G', b'I', b'F', b'8', ..] => "a GIF image",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "a WebP image",
        [b'B', b'M', ..] => "a BMP image",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF image",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "an AVIF or HEIC image, or a film",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [b'<', ..] => "a text, perhaps an SVG image",
        _ => "neither PNG nor JPEG",
    }
}

fn within(format: Format, width: u32, height: u32, most: Bounds) -> Result<Picture, ImageError> {
    if width > most.width || height > most.height {
        return Err(ImageError::TooManyPixels { width, height, most });
    }
    Ok(Picture { format, width, height })
}

fn broken(format: Format, reason: impl std::fmt::Display) -> ImageError {
    ImageError::Broken { format, reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(file: &[u8]) -> String {
        check(file, limits::LOGO).expect_err("refused").to_string()
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        assert!(refusal(b"GIF89a\x01\0\x01\0").contains("a GIF image"));
        assert!(refusal(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>").contains("an SVG image"));
        assert!(refusal(b"").contains("is empty"));
        assert!(refusal(b"MZ").contains("neither PNG nor JPEG"));
    }

    #[test]
    fn a_file_of_too_many_bytes_is_not_looked_at() {
        let file = vec![0; limits::LOGO.bytes + 1];
        assert_eq!(refusal(&file), "has 1048577 bytes; 1048576 are allowed");
    }
}

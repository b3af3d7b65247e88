//! Every bound of uploaded images, by name.

/// How large an image may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Of the file.
    pub bytes: usize,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// The sign of whoever is called.
pub const LOGO: Bounds = Bounds { bytes: 1 << 20, width: 100, height: 100 };
/// What lies behind a page.
pub const BACKGROUND: Bounds = Bounds { bytes: 10 << 20, width: 2000, height: 2000 };
/// Bytes that a PNG's decoder takes besides the file: some rows, and what chunks say.
pub(crate) const PNG_MEMORY: usize = 1 << 20;

use std::fmt;

/// A person's data: name, address, number, text. It prints as `[redacted]` and cannot be serialized, so that it gets
/// into no log, error or metric by accident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pii<T>(T);

impl<T> Pii<T> {
    /// Wraps `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one purpose it was collected for.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Pii<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Pii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_asking_for_it_shows_it() {
        let name = Pii::new("Alice".to_owned());
        assert_eq!(format!("{name} {name:?} {:#?}", Some(&name)), "[redacted] [redacted] Some(\n    [redacted],\n)");
        assert_eq!(name.expose(), "Alice");
        assert_eq!(name.into_exposed(), "Alice");
    }
}

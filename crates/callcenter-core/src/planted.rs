//! Bugs that the simulator has to find, each in one rule. A core has one only where it was built for that, which takes
//! the feature `planted-bugs`; without it this module is nothing at run time.

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlantedBug {
    /// Who passed a call over is rung again before the others.
    Routing,
    /// It rings on at an agent whose page is gone.
    Ringing,
    /// A call that is taken up again goes on hearing music.
    Hold,
    /// A transfer that reached nobody brings the call to the end of the line.
    Transfer,
    /// A wrap-up that was extended ends as if it were not.
    WrapUp,
    /// A restart gives legs that were lost before it all the time in the world.
    Recovery,
}

/// What is planted in a core: nothing, by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Planted {
    #[cfg(feature = "planted-bugs")]
    bug: Option<PlantedBug>,
}

impl Planted {
    /// This bug.
    #[cfg(feature = "planted-bugs")]
    pub const fn one(bug: PlantedBug) -> Self {
        Self { bug: Some(bug) }
    }

    #[cfg(feature = "planted-bugs")]
    pub(crate) fn is(self, bug: PlantedBug) -> bool {
        self.bug == Some(bug)
    }

    #[cfg(not(feature = "planted-bugs"))]
    pub(crate) const fn is(self, _bug: PlantedBug) -> bool {
        false
    }
}

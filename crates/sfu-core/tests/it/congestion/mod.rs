//! What a leg can take: feedback against another implementation, and whole calls over a modelled path in virtual time.

mod always;
mod call;
mod encoder;
mod feedback;
mod path;
mod plans;
mod random;

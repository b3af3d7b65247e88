//! The call center as its pages, its engine and its recorder see it. Names of tests cite the behaviours of the
//! feature list.

mod center;
mod routing;

//! Recording timeline, containers and segment life cycle without IO.

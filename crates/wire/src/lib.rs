//! Messages between roles and to browsers.

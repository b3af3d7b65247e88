//! Sockets, batches, buffers and the one clock.

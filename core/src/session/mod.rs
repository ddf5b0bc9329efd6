//! The configured databases, and sessions over them.

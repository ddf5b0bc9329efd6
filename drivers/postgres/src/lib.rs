//! The PostgreSQL engine of bindery.

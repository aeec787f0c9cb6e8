//! The comments in the gaps between tokens, and which declaration they belong to.

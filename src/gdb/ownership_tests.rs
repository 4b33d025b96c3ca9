//! Walks through everything that several processes can do to each other.

//! The browser's versions of the engine's ports, for the worker.

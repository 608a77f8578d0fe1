//! Whether looking something up is worth it, found out while it is done.

/// Counts what looking brings.
#[derive(Debug, Default)]
pub(super) struct Worth {
    hits: u32,
    misses: u32,
    /// So many will be read without a look, because looking was of little use.
    pause: u32,
}

/// What makes looking worth it.
pub(super) struct Price {
    /// Looks between two decisions.
    pub(super) looks: u32,
    /// A miss costs so many times what a hit saves.
    pub(super) miss: u32,
}

/// Read without a look after looking was not worth it.
const PAUSE: u32 = 8_192;

impl Worth {
    /// True when it is time to look.
    #[inline]
    pub(super) fn is_time(&mut self) -> bool {
        let is_time = !self.is_paused();
        self.pause = self.pause.saturating_sub(1);
        is_time
    }
    /// True while nobody looks.
    #[inline]
    pub(super) fn is_paused(&self) -> bool {
        self.pause > 0
    }
    /// Counts a look.
    #[inline]
    pub(super) fn count(&mut self, is_hit: bool) {
        if is_hit { self.hits += 1 } else { self.misses += 1 }
    }
    /// Decides after enough looks; true when looking was not worth it, and pauses.
    pub(super) fn is_too_dear(&mut self, price: &Price) -> bool {
        if self.hits + self.misses < price.looks {
            return false;
        }
        let is_too_dear = self.hits < self.misses * price.miss;
        *self = Self { pause: if is_too_dear { PAUSE } else { 0 }, ..Self::default() };
        is_too_dear
    }
}

//! Small numbers in as few bytes as the largest of them needs.

/// A growing list of codes, 8, 16 or 32 bits each.
#[derive(Clone, Debug)]
pub enum Codes {
    /// All below 2^8.
    Narrow(Vec<u8>),
    /// All below 2^16.
    Middle(Vec<u16>),
    /// Any.
    Wide(Vec<u32>),
}

impl Codes {
    /// An empty list.
    pub fn new() -> Self {
        Self::Narrow(Vec::new())
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Narrow(codes) => codes.len(),
            Self::Middle(codes) => codes.len(),
            Self::Wide(codes) => codes.len(),
        }
    }
    /// The code at this position.
    pub fn get(&self, at: usize) -> u32 {
        match self {
            Self::Narrow(codes) => u32::from(codes[at]),
            Self::Middle(codes) => u32::from(codes[at]),
            Self::Wide(codes) => codes[at],
        }
    }
    /// Adds a code; widens all of them when it does not fit.
    pub fn push(&mut self, code: u32) {
        match self {
            Self::Narrow(codes) => match u8::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => {
                    *self = Self::Middle(codes.iter().map(|code| u16::from(*code)).collect());
                    self.push(code);
                }
            },
            Self::Middle(codes) => match u16::try_from(code) {
                Ok(code) => codes.push(code),
                Err(_) => {
                    *self = Self::Wide(codes.iter().map(|code| u32::from(*code)).collect());
                    self.push(code);
                }
            },
            Self::Wide(codes) => codes.push(code),
        }
    }
    /// Adds zeros until there are `len` codes.
    pub fn pad(&mut self, len: usize) {
        match self {
            Self::Narrow(codes) if codes.len() < len => codes.resize(len, 0),
            Self::Middle(codes) if codes.len() < len => codes.resize(len, 0),
            Self::Wide(codes) if codes.len() < len => codes.resize(len, 0),
            _ => {}
        }
    }
    /// Bytes of memory held.
    pub fn memory_bytes(&self) -> usize {
        match self {
            Self::Narrow(codes) => codes.capacity(),
            Self::Middle(codes) => codes.capacity() * 2,
            Self::Wide(codes) => codes.capacity() * 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_survive_widening() {
        let mut codes = Codes::new();
        let pushed = [0, 255, 256, 65_535, 65_536, u32::MAX];
        pushed.into_iter().for_each(|code| codes.push(code));
        codes.pad(8);
        assert_eq!((0..codes.len()).map(|at| codes.get(at)).collect::<Vec<_>>(), [&pushed[..], &[0, 0]].concat());
    }
}
